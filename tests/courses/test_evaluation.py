"""Learners evaluate a course once; nobody can tell who said what."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses import actions
from courses.models import Evaluation, EvaluationReceipt, LessonPage
from courses.models.evaluation import RATINGS
from courses.queries.evaluation import evaluation_result
from foundation.audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.courses import course_step, learner_of, make_course

pytestmark = pytest.mark.django_db
GOOD = dict.fromkeys(RATINGS, 5)


@pytest.fixture
def course():
    return make_course()


@pytest.fixture
def step(course):
    return course_step(course)


def finished(step, course):
    enrolment = learner_of(step)
    lesson = LessonPage.objects.child_of(course).get()
    actions.work_through_lesson(enrolment=enrolment, lesson=lesson, at=timezone.now())
    return enrolment


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_one_evaluation_after_the_end_and_none_before(course, step):
    with pytest.raises(actions.CourseNotComplete):
        actions.evaluate_course(enrolment=learner_of(step), course=course, ratings=GOOD)
    enrolment = finished(step, course)
    client = signed_in(enrolment.user)
    url = reverse("courses:evaluation", args=[step.public_id])
    assert client.post(url, {**GOOD, "comment": "案例再多些"}).status_code == 302
    assert client.post(url, {**GOOD}).status_code == 409
    assert (EvaluationReceipt.objects.count(), Evaluation.objects.get().comment) == (1, "案例再多些")


def test_a_missing_or_impossible_rating_is_refused(course, step):
    client = signed_in(finished(step, course).user)
    url = reverse("courses:evaluation", args=[step.public_id])
    for change in ({"clear": ""}, {"clear": "6"}, {"clear": "x"}, {"comment": "长" * 501}):
        assert client.post(url, {**GOOD, **change}).status_code == 400
    assert EvaluationReceipt.objects.count() == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        Evaluation.objects.create(course=course, **{**GOOD, "clear": 6})


def test_nothing_stored_leads_from_the_answers_to_a_person(course, step):
    enrolment = finished(step, course)
    actions.evaluate_course(enrolment=enrolment, course=course, ratings=GOOD, comment="很好")
    fields = {field.name for field in Evaluation._meta.get_fields()}
    assert fields == {"id", "course", *RATINGS, "comment"}
    entry = Entry.objects.order_by("pk").last()
    assert (entry.action, entry.details) == ("courses.evaluate_course", {"enrolment": enrolment.pk})
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE courses_evaluation SET clear = 1")


def test_results_stay_shut_below_five_answers(course, step):
    for _n in range(4):
        actions.evaluate_course(enrolment=finished(step, course), course=course, ratings=GOOD, comment="好")
    result = evaluation_result(course)
    assert (result.answers, result.rows, result.comments) == (4, [], [])
    actions.evaluate_course(enrolment=finished(step, course), course=course, ratings={**GOOD, "clear": 1})
    result = evaluation_result(course)
    assert result.rows[0].counts == (1, 0, 0, 0, 4)
    assert result.rows[0].mean == 4.2
    assert result.comments == ["好"] * 4


def test_only_those_who_may_edit_the_course_see_its_results(course, step):
    url = reverse("course-evaluation", args=[course.pk])
    boss = UserFactory(is_superuser=True, is_staff=True)
    assert signed_in(boss).get(url).status_code == 200
    assert signed_in(finished(step, course).user).get(url).status_code in (302, 403)
    for _n in range(5):
        actions.evaluate_course(enrolment=finished(step, course), course=course, ratings=GOOD, comment="好")
    assert signed_in(boss).get(url).content.decode().count("<svg") >= 5
