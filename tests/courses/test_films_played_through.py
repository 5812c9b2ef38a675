"""Where a course asks for it, films are played through, and the server's clock is the witness."""

import datetime as dt
import uuid

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtailmedia.models import Media

from courses import actions
from courses.models import CourseCompletion, LessonPage, LessonVisit, MediaPlay, SectionRead
from tests.factories.courses import add_lesson, course_step, learner_of, make_course

pytestmark = pytest.mark.django_db
LENGTH = 100
OPENED = timezone.now() - dt.timedelta(hours=1)


def film(title):
    media = Media.objects.create(
        title=title, type="video", duration=LENGTH, file=ContentFile(b"film", name=f"{uuid.uuid4().hex}.mp4")
    )
    value = {"media": media.pk, "title": title, "captions": None, "transcript": "短片说的话"}
    return {"type": "video", "id": str(uuid.uuid4()), "value": value}


@pytest.fixture
def course():
    course = make_course(lessons=0, no_seek=True)
    add_lesson(course, slug="film", sections=2, questions=0, blocks=[film("一句承诺")])
    return course


@pytest.fixture
def lesson(course):
    return LessonPage.objects.child_of(course).get()


@pytest.fixture
def enrolment(course, lesson):
    enrolment = learner_of(course_step(course))
    actions.open_lesson(enrolment=enrolment, lesson=lesson, at=OPENED)
    return enrolment


def block(lesson):
    return next(b.id for b in lesson.body[0].value["content"] if b.block_type == "video")


def report(enrolment, lesson, seconds, after, block_id=None):
    return actions.report_played(
        enrolment=enrolment,
        lesson=lesson,
        block_id=block_id or block(lesson),
        seconds=seconds,
        at=OPENED + dt.timedelta(seconds=after),
    )


def read(enrolment, lesson, *numbers):
    ids = [lesson.body[n].id for n in numbers]
    return actions.read_sections(enrolment=enrolment, lesson=lesson, section_ids=ids)


def test_a_section_counts_as_read_once_its_film_has_been_played_through(enrolment, lesson):
    assert read(enrolment, lesson, 1) is False
    with pytest.raises(actions.FilmNotPlayed, match="一句承诺"):
        read(enrolment, lesson, 0)
    assert [report(enrolment, lesson, 45, 45), report(enrolment, lesson, 44, 90)] == [45, 89]
    with pytest.raises(actions.FilmNotPlayed):
        read(enrolment, lesson, 0)
    assert SectionRead.objects.count() == 1
    assert report(enrolment, lesson, 1, 91) == 90
    assert read(enrolment, lesson, 0) is True
    assert CourseCompletion.objects.filter(enrolment=enrolment).count() == 1


def test_a_course_without_the_rule_asks_for_no_film(course, enrolment, lesson):
    course.no_seek = False
    course.save()
    assert read(enrolment, lesson, 0, 1) is True


def test_no_more_seconds_are_taken_than_have_passed(enrolment, lesson):
    for seconds in (26, -1, float("nan"), float("inf")):
        with pytest.raises(actions.TooFast):
            report(enrolment, lesson, seconds, 10)
    assert MediaPlay.objects.count() == 0
    assert report(enrolment, lesson, 25, 10) == 25
    with pytest.raises(actions.TooFast):
        report(enrolment, lesson, 16, 10)
    assert MediaPlay.objects.get().seconds == 25


def test_many_small_reports_do_not_outrun_the_clock(enrolment, lesson):
    assert report(enrolment, lesson, 15, 0) == 15
    with pytest.raises(actions.TooFast):
        report(enrolment, lesson, 1, 0)
    assert report(enrolment, lesson, 10, 10) == 25
    with pytest.raises(actions.TooFast):
        report(enrolment, lesson, 10, 11)
    assert MediaPlay.objects.get().seconds == 25


def test_a_report_on_what_is_not_in_the_lesson_leaves_nothing(course, enrolment, lesson):
    other = add_lesson(course, slug="other", questions=0, blocks=[film("另一部")])
    for block_id in (block(other), lesson.body[0].id, "nonsense"):
        with pytest.raises(actions.NotInLesson):
            report(enrolment, lesson, 5, 10, block_id)
    assert MediaPlay.objects.count() == 0


def test_one_learners_minutes_are_not_anothers(course, enrolment, lesson):
    report(enrolment, lesson, 95, 95)
    other = learner_of(course_step(course))
    with pytest.raises(actions.FilmNotPlayed):
        read(other, lesson, 0)


def post(client, step, lesson, body):
    url = reverse("courses:played", args=[step.public_id, lesson.slug])
    return client.post(url, body, content_type="application/json", headers={"Accept": "application/json"})


def test_the_player_is_told_what_was_taken_and_why_not(course, lesson):
    step = course_step(course)
    enrolment = learner_of(step)
    client = Client()
    client.force_login(enrolment.user)
    assert post(client, step, lesson, {"block": block(lesson), "seconds": 9}).json() == {"seconds": 9.0}
    answers = [
        post(client, step, lesson, body)
        for body in (
            {"block": block(lesson), "seconds": 90},
            {"block": "nonsense", "seconds": 1},
            {"block": block(lesson), "seconds": "many"},
            {"seconds": 1},
        )
    ]
    told = [(answer.status_code, answer.json()["error"]) for answer in answers]
    assert told == [(409, "too-fast"), (409, "not-in-lesson"), (400, "bad-request"), (400, "bad-request")]
    assert (MediaPlay.objects.get().seconds, LessonVisit.objects.count()) == (9, 1)
