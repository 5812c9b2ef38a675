"""The reader's addresses: the gate stands before each, and the page tells only what the learner may know."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses import actions
from courses.models import LessonCompletion, LessonPage, QuestionAnswer, SectionRead
from organisations.models import Role
from programmes.models import Stage
from tests.factories.accounts import UserFactory
from tests.factories.courses import add_lesson, course_index, course_step, learner_of, make_course
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(lessons=2)


@pytest.fixture
def step(course):
    return course_step(course)


@pytest.fixture
def enrolment(step):
    return learner_of(step)


@pytest.fixture
def browser(enrolment):
    client = Client()
    client.force_login(enrolment.user)
    return client


def address(name, step, lesson, *more):
    return reverse(f"courses:{name}", args=[step.public_id, lesson.slug, *more])


def first_of(course):
    return LessonPage.objects.child_of(course).order_by("path").first()


def ids_of(lesson):
    return [block.id for block in lesson.body]


def question_of(lesson):
    return next(block.id for block in lesson.body[0].value["content"] if block.block_type == "question")


def test_the_step_leads_to_the_next_lesson_and_then_back_to_where_one_was(browser, course, step, enrolment):
    first, second = LessonPage.objects.child_of(course).order_by("path")
    entry = reverse("courses:step", args=[step.public_id])
    assert browser.get(entry).url == address("lesson", step, first)
    actions.read_sections(enrolment=enrolment, lesson=second, section_ids=ids_of(second)[:1])
    assert browser.get(entry).url == address("lesson", step, second)
    actions.work_through_lesson(enrolment=enrolment, lesson=second, at=timezone.now())
    assert browser.get(entry).url == address("lesson", step, first)


def test_a_lesson_is_read_with_plain_forms(browser, course, step):
    lesson = first_of(course)
    page = browser.get(address("lesson", step, lesson))
    assert page.status_code == 200
    for section_id in ids_of(lesson):
        response = browser.post(address("sections", step, lesson), {"section": section_id})
        assert response.url == f"{address('lesson', step, lesson)}#s-{section_id}"
    response = browser.post(address("answer", step, lesson, question_of(lesson)), {"choice": "1"})
    assert response.url == f"{address('lesson', step, lesson)}#q-{question_of(lesson)}"
    assert LessonCompletion.objects.get().lesson == lesson


def test_the_script_sends_several_sections_at_once(browser, course, step):
    lesson = first_of(course)
    send = lambda body: browser.post(  # noqa: E731
        address("sections", step, lesson), json.dumps(body), content_type="application/json"
    )
    assert send({"sections": ids_of(lesson)}).json() == {"complete": False}
    assert SectionRead.objects.count() == 2
    for body in ([], {"sections": "x"}, {"sections": []}, {"sections": [1]}, {}):
        response = send(body)
        assert (response.status_code, response.json()["error"]) == (400, "bad-request")
    response = send({"sections": ["nothing"]})
    assert (response.status_code, response.json()["error"]) == (409, "not-in-lesson")


def test_neither_key_nor_explanation_is_on_the_page_before_an_answer(browser, course, step):
    lesson = first_of(course)
    url = address("lesson", step, lesson)
    before = browser.get(url).content.decode()
    assert "因为第二条" not in before
    assert "correct" not in before
    browser.post(address("answer", step, lesson, question_of(lesson)), {"choice": "0"})
    after = browser.get(url).content.decode()
    assert "因为第二条" in after
    assert after.count("is-wrong") == 1
    assert "is-right" not in after


def test_bad_answers_are_refused_and_leave_nothing(browser, course, step):
    lesson = first_of(course)
    assert browser.post(address("answer", step, lesson, question_of(lesson)), {"choice": "x"}).status_code == 400
    assert browser.post(address("answer", step, lesson, question_of(lesson)), {"choice": "9"}).status_code == 409
    assert browser.post(address("answer", step, lesson, "nothing"), {"choice": "1"}).status_code == 409
    assert QuestionAnswer.objects.count() == 0


def test_a_stranger_and_somebody_signed_out_get_nowhere(course, step):
    lesson = first_of(course)
    stranger = Client()
    stranger.force_login(UserFactory())
    for name, more in (("lesson", []), ("sections", []), ("answer", ["q"]), ("check-in", []), ("finish", [])):
        url = address(name, step, lesson, *more)
        method = stranger.get if name == "lesson" else stranger.post
        assert method(url).status_code == 404
        signed_out = Client().get(url) if name == "lesson" else Client().post(url)
        assert signed_out.status_code == 302
        assert "/accounts/login/" in signed_out.url


def test_a_locked_step_is_shut_at_every_address(course, enrolment, browser, step):
    other = course_step(make_course(), programme=step.programme, position=9)
    other.stage = Stage.TRAIN
    other.save()
    lesson = LessonPage.objects.last()
    assert browser.get(address("lesson", other, lesson)).status_code == 403
    response = browser.post(
        address("sections", other, lesson), json.dumps({"sections": ids_of(lesson)}), content_type="application/json"
    )
    assert (response.status_code, response.json()["error"]) == (403, "step-locked")
    assert SectionRead.objects.count() == 0


def test_a_lesson_of_another_course_is_not_found_through_this_step(browser, step):
    foreign = add_lesson(make_course(lessons=0), slug="foreign")
    assert browser.get(address("lesson", step, foreign)).status_code == 404


def test_the_stock_address_of_a_lesson_goes_through_the_gate(browser, course, step):
    lesson = first_of(course)
    assert browser.get(lesson.url).url == address("lesson", step, lesson)
    assert Client().get(lesson.url).status_code == 404
    course.is_public = True
    course.save()
    page = Client().get(lesson.url)
    assert page.status_code == 200
    assert "正文1" in page.content.decode()
    assert "因为第二条" not in page.content.decode()


def test_the_shelf_filters_by_audience_and_words(browser, course, step):
    make_course(title="借了要还", audience="primary", lessons=0)
    url = course_index().url
    titles = lambda query: [card.course.title for card in browser.get(url, query).context["cards"]]  # noqa: E731
    assert titles({}) == [course.title, "借了要还"]
    assert titles({"audience": "primary"}) == ["借了要还"]
    assert titles({"q": "要还"}) == ["借了要还"]
    assert titles({"audience": "nonsense", "page": "99"}) == [course.title, "借了要还"]
    card = browser.get(url).context["cards"][0]
    assert (card.lessons, card.minutes, card.percent) == (2, 16, 0)
    assert card.assigned.step_public_id == step.public_id


def test_a_course_page_shows_its_lessons_to_everybody_and_the_way_in_to_learners(browser, course, step):
    assert reverse("courses:step", args=[step.public_id]) in browser.get(course.url).content.decode()
    page = Client().get(course.url)
    assert page.status_code == 200
    assert "/learn/steps/" not in page.content.decode()


def count(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_lesson_page_costs_the_same_with_one_lesson_as_with_three():
    numbers = []
    for lessons, sections in ((1, 1), (3, 3)):
        course = make_course(lessons=lessons, sections=sections)
        step = course_step(course)
        client = Client()
        client.force_login(learner_of(step).user)
        url = address("lesson", step, first_of(course))
        client.get(url)
        numbers.append(count(client, url))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 22


def test_the_shelf_costs_the_same_with_one_course_as_with_three():
    course = make_course()
    step = course_step(course)
    client = Client()
    client.force_login(learner_of(step).user)
    url = course_index().url
    client.get(url)
    one = count(client, url)
    for position in (2, 3):
        course_step(make_course(lessons=2), programme=step.programme, position=position)
    assert count(client, url) == one


def test_only_whoever_leads_a_unit_is_offered_the_projector(browser, course, step, enrolment):
    url = address("lesson", step, first_of(course))
    projector = f'href="{address("projector", step, first_of(course))}"'
    assert projector not in browser.get(url).content.decode()
    MembershipFactory(user=enrolment.user, organisation=OrganisationFactory(), role=Role.TEACHER)
    assert projector in browser.get(url).content.decode()
