"""The learner's pages as plain forms."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from exams import actions, queries
from exams.forms import read_answer
from exams.grading import model_answer
from exams.models import Attempt, AttemptState, DrillAnswer, ItemVersion, Response, Score
from programmes.models import StepCompletion
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(client, entry):
    client.force_login(entry.enrolment.user)
    return client


def url(name, thing):
    return reverse(f"exams:{name}", args=[thing.public_id])


def form_of(attempt, version, position, value):
    """The fields that a browser sends for `value`."""
    name, kind = f"a{position}", version.item.type
    if kind == "true_false":
        return {name: "true" if value else "false"}
    if kind == "blank":
        return {f"{name}_{n}": text for n, text in enumerate(value, 1)}
    if kind == "ordering":
        return {f"{name}_{option}": str(n) for n, option in enumerate(value, 1)}
    if kind == "matching":
        return {f"{name}_{left}": right for left, right in value.items()}
    return {name: value}


def full_form(attempt):
    versions = ItemVersion.objects.select_related("item", "key").in_bulk([v for v, _p in attempt.drawn])
    fields = {"epoch": attempt.epoch, "token": queries.pen_token(attempt.public_id, attempt.epoch)}
    for position, (version_id, _points) in enumerate(attempt.drawn, 1):
        version = versions[version_id]
        fields |= form_of(attempt, version, position, model_answer(version))
    return fields


def test_the_whole_exam_as_a_plain_form(learner, entry):
    assert learner.get(reverse("exams:index")).status_code == 200
    assert learner.get(url("step", entry.step)).status_code == 200
    started = learner.post(url("start", entry.step))
    attempt = Attempt.objects.get()
    assert started["Location"] == url("attempt", attempt)
    assert learner.get(url("attempt", attempt)).status_code == 200
    saved = learner.post(url("attempt", attempt), full_form(attempt) | {"submit": "1"})
    assert saved["Location"] == url("submit", attempt)
    assert learner.get(url("submit", attempt)).status_code == 200
    assert learner.post(url("submit", attempt))["Location"] == url("result", attempt)
    assert learner.get(url("result", attempt)).context["result"].score.points == 5
    assert StepCompletion.objects.count() == 1


def test_every_type_can_be_answered_right_in_the_plain_form(client, db):
    types = ["single", "multiple", "true_false", "blank", "ordering", "matching", "short"]
    paper = make.paper(fixed=[make.item(t).item for t in types])
    entry = make.seat(the_paper=paper)
    client.force_login(entry.enrolment.user)
    attempt = actions.start_attempt(entry=entry)
    client.post(url("attempt", attempt), full_form(attempt))
    page = client.get(url("attempt", attempt))
    assert page.context["answered"] == 7
    client.post(url("submit", attempt))
    assert Score.objects.get().marks == ["1"] * 7


def test_saving_the_same_form_twice_stores_nothing_new(learner, attempt):
    for _ in range(2):
        learner.post(url("attempt", attempt), full_form(attempt))
    assert Response.objects.count() == 3


def test_a_form_without_the_pen_is_refused(learner, attempt):
    tampered = full_form(attempt) | {"epoch": "2"}
    assert learner.post(url("attempt", attempt), tampered).status_code == 403
    assert learner.post(url("attempt", attempt), {}).status_code == 403
    assert not Response.objects.exists()


def test_a_form_of_an_older_page_says_so(learner, attempt):
    fields = full_form(attempt)
    actions.take_over(by=attempt.enrolment.user, attempt_id=attempt.public_id)
    assert learner.post(url("attempt", attempt), fields).status_code == 409
    assert queries.answers_of(attempt) == {}


@pytest.mark.parametrize("name", ["attempt", "submit", "result"])
def test_an_attempt_is_nobody_elses(client, attempt, name):
    assert client.get(url(name, attempt)).status_code == 302
    client.force_login(UserFactory())
    assert client.get(url(name, attempt)).status_code == 404
    assert client.post(url("submit", attempt)).status_code == 404
    assert Attempt.objects.get().state == AttemptState.OPEN


def test_a_locked_step_cannot_be_started(client, db):
    entry = make.seat("exam")
    later = make.seat("survey", enrolment=entry.enrolment)
    later.step.stage = 4
    later.step.save()
    client.force_login(entry.enrolment.user)
    assert client.post(url("start", later.step)).status_code == 403
    assert client.get(url("step", later.step)).status_code == 403
    assert not Attempt.objects.exists()


def test_reading_pages_changes_nothing(learner, entry, attempt):
    before = list(Attempt.objects.values())
    for name in ("attempt", "submit", "result"):
        learner.get(url(name, attempt))
    learner.get(url("step", entry.step))
    learner.get(reverse("exams:index"))
    assert list(Attempt.objects.values()) == before
    assert learner.get(url("start", entry.step)).status_code == 405


def test_pages_are_never_stored(learner, entry, attempt):
    for address in (url("step", entry.step), url("attempt", attempt), reverse("exams:index")):
        assert "no-store" in learner.get(address)["Cache-Control"]


def test_after_the_last_attempt_there_is_a_page_that_says_what_to_do(learner, entry):
    for _ in range(2):
        attempt = actions.start_attempt(entry=entry)
        actions.submit_attempt(by=entry.enrolment.user, attempt_id=attempt.public_id)
    assert learner.post(url("start", entry.step)).status_code == 403
    assert learner.get(url("result", attempt)).context["result"].reviews is not None


def test_right_answers_wait_until_no_attempt_is_left(learner, entry, attempt):
    actions.submit_attempt(by=entry.enrolment.user, attempt_id=attempt.public_id)
    page = learner.get(url("result", attempt))
    assert page.context["result"].reviews is None


def test_a_drill_tells_at_once_and_completes_at_mastery(client, db):
    entry = make.seat("drill")
    client.force_login(entry.enrolment.user)
    client.post(url("start", entry.step))
    attempt = Attempt.objects.get()
    while not StepCompletion.objects.exists():
        view = queries.drill_view(attempt)
        version = ItemVersion.objects.select_related("item", "key").get(stem=view.question.stem)
        fields = {"number": view.number, "check": view.check}
        answered = client.post(
            url("attempt", attempt), fields | form_of(attempt, version, view.number, model_answer(version))
        )
        page = client.get(answered["Location"])
        assert page.context["review"].is_right
    assert DrillAnswer.objects.count() == 3
    assert client.get(url("attempt", attempt))["Location"] == url("result", attempt)
    assert client.get(url("result", attempt)).status_code == 200
    assert not Score.objects.exists()


def test_an_empty_drill_answer_is_not_counted(client, db):
    entry = make.seat("drill")
    client.force_login(entry.enrolment.user)
    attempt = actions.start_attempt(entry=entry)
    view = queries.drill_view(attempt)
    client.post(url("attempt", attempt), {"number": view.number, "check": view.check})
    client.post(url("attempt", attempt), {"number": view.number, "check": "0" * 16, "a1": "x"})
    assert not DrillAnswer.objects.exists()


def test_a_self_assessment_wants_every_answer_and_stores_no_score(client, db):
    entry = make.seat("survey")
    client.force_login(entry.enrolment.user)
    client.post(url("start", entry.step))
    attempt = Attempt.objects.get()
    options = [q.options[0].id for q in queries.questions_of(attempt)]
    assert "1分" not in client.get(url("attempt", attempt)).content.decode()
    refused = client.post(url("attempt", attempt), {"a1": options[0]})
    assert (refused.status_code, refused.context["missing"]) == (400, [2])
    assert not Response.objects.exists()
    done = client.post(url("attempt", attempt), {"a1": options[0], "a2": options[1]})
    assert done["Location"] == url("result", attempt)
    assert client.get(done["Location"]).status_code == 200
    assert (StepCompletion.objects.count(), Score.objects.count()) == (1, 0)
    for page in (client.get(url("step", entry.step)), client.get(done["Location"])):
        assert "考试" not in page.content.decode().split("<main")[1].split("</main>")[0]


def test_an_exam_that_ran_out_leads_to_handing_in(learner, attempt):
    early = attempt.started_at.replace(year=2025)
    Attempt.objects.filter(pk=attempt.pk).update(deadline=early)
    assert learner.get(url("attempt", attempt))["Location"] == url("submit", attempt)
    assert learner.get(url("submit", attempt)).context["is_over"]
    assert learner.post(url("submit", attempt))["Location"] == url("result", attempt)


def test_the_answers_of_everybody_stay_their_own(learner, attempt):
    other = actions.start_attempt(entry=make.seat("exam", the_paper=attempt.paper))
    actions.save_responses(by=other.enrolment.user, attempt_id=other.public_id, epoch=1, answers=right_answers(other))
    assert learner.get(url("attempt", attempt)).context["answered"] == 0


def test_null_characters_in_a_typed_answer_are_left_out():
    question = make.item("blank")
    shown = queries.question_view(question, "00" * 16, 1, None, None)
    typed = QueryDict(mutable=True)
    typed.update({f"a1_{n}": "信\0用" for n in range(1, len(shown.blanks) + 1)})
    assert set(read_answer(shown, typed)) == {"信用"}
