"""Sign up for a date while places last, be recorded by list or by code, and the step is complete."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses import actions
from courses.models import Attendance, AttendanceMethod, SessionState, SignUp, TrainingSession
from courses.queries import sessions as queries
from courses.steps import SessionHandler
from organisations.models import Role
from programmes.contracts import Evidence
from programmes.models import StepCompletion
from tests.factories.accounts import UserFactory
from tests.factories.courses import learner_of
from tests.factories.organisations import MembershipFactory
from tests.factories.sessions import TrainingSessionFactory, session_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return TrainingSessionFactory()


@pytest.fixture
def step(session):
    return session_step(session)


@pytest.fixture
def enrolment(step):
    return learner_of(step)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def stored(session):
    return TrainingSession.objects.get(pk=session.pk)


def there(enrolment, session, **kwargs):
    return actions.record_attendance(
        by=session.organiser, session=session, enrolment=enrolment, method=AttendanceMethod.LIST, **kwargs
    )


def test_a_learner_signs_up_once_and_gives_the_place_back(enrolment, session, step):
    client = signed_in(enrolment.user)
    page = reverse("courses:step", args=[step.public_id])
    for _twice in range(2):
        assert client.post(reverse("courses:sign-up", args=[step.public_id, session.public_id])).url == page
    assert stored(session).taken == 1
    client.post(reverse("courses:cancel-sign-up", args=[step.public_id, session.public_id]))
    assert stored(session).taken == 0
    again = client.post(reverse("courses:cancel-sign-up", args=[step.public_id, session.public_id]))
    assert again.status_code == 409
    assert SignUp.objects.count() == 1


def test_the_last_place_is_given_once(step, session):
    for _place in range(2):
        actions.sign_up(enrolment=learner_of(step), session=session)
    with pytest.raises(actions.SessionFull):
        actions.sign_up(enrolment=learner_of(step), session=session)
    assert (stored(session).taken, SignUp.objects.count()) == (2, 2)
    client = signed_in(learner_of(step).user)
    assert client.post(reverse("courses:sign-up", args=[step.public_id, session.public_id])).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_overbook(step, session):
    enrolments = [learner_of(step) for _n in range(6)]

    def try_to(enrolment):
        try:
            actions.sign_up(enrolment=enrolment, session=session)
        except actions.SessionFull:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(try_to, enrolments)) == [False] * 4 + [True] * 2
    assert (stored(session).taken, SignUp.objects.count()) == (2, 2)


def test_the_database_refuses_more_places_than_there_are(session):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE courses_trainingsession SET taken = capacity + 1")


def test_a_closed_or_cancelled_session_takes_nobody(enrolment, session):
    for state in (SessionState.CLOSED, SessionState.CANCELLED, SessionState.DRAFT):
        TrainingSession.objects.filter(pk=session.pk).update(state=state)
        with pytest.raises(actions.SessionClosed):
            actions.sign_up(enrolment=enrolment, session=session)


def test_attendance_completes_the_step_and_a_mistake_takes_it_back(enrolment, session, step):
    moment = timezone.now() - dt.timedelta(hours=3)
    fact = there(enrolment, session, at=moment)
    assert list(StepCompletion.objects.values_list("enrolment", "step", "completed_at")) == [
        (enrolment.pk, step.pk, moment)
    ]
    assert list(SessionHandler().evidence()) == [
        Evidence(enrolment.pk, step.pk, moment, f"courses.Attendance:{fact.pk}")
    ]
    actions.mark_attendance(by=session.organiser, session=session, guest=enrolment.public_id, is_there=False)
    assert not StepCompletion.objects.exists()
    assert Attendance.objects.get().revoked_by == session.organiser


def test_another_attendance_still_proves_the_step(session):
    second = TrainingSessionFactory(organiser=session.organiser)
    step = session_step(session, second)
    enrolment = learner_of(step)
    early, late = timezone.now() - dt.timedelta(hours=3), timezone.now() - dt.timedelta(hours=1)
    there(enrolment, session, at=early)
    there(enrolment, second, at=late)
    actions.mark_attendance(by=session.organiser, session=session, guest=enrolment.public_id, is_there=False)
    assert StepCompletion.objects.get().completed_at == late


def test_only_the_organiser_and_those_who_lead_the_unit_tick_the_list(enrolment, session):
    actions.sign_up(enrolment=enrolment, session=session)
    leader = UserFactory()
    MembershipFactory(user=leader, organisation=session.organisation, role=Role.COORDINATOR)
    url = reverse("courses:attendance", args=[session.public_id])
    for user, status in ((UserFactory(), 403), (enrolment.user, 403), (leader, 200), (session.organiser, 200)):
        assert signed_in(user).get(url).status_code == status
        assert signed_in(user).get(reverse("courses:screen", args=[session.public_id])).status_code == status
    assert signed_in(enrolment.user).post(url, {"guest": enrolment.public_id, "there": "1"}).status_code == 403
    assert Attendance.objects.count() == 0
    assert signed_in(leader).post(url, {"guest": enrolment.public_id, "there": "1"}).status_code == 302
    assert Attendance.objects.get().recorded_by == leader
    assert signed_in(leader).post(url, {"guest": "NOBODY", "there": "1"}).status_code == 409
    with pytest.raises(PermissionDenied):
        actions.mark_attendance(by=enrolment.user, session=session, guest=enrolment.public_id, is_there=False)


def test_the_code_on_the_screen_lets_a_learner_check_in(enrolment, session, step):
    url = reverse("courses:check-in-session", args=[session.public_id])
    client = signed_in(enrolment.user)
    page = client.get(url, {"c": queries.screen_code(session)})
    assert page.status_code == 200
    ticket = page.context["ticket"]
    assert signed_in(learner_of(step).user).post(url, {"ticket": ticket}).status_code == 403
    assert client.post(url, {"ticket": ticket}).url == reverse("courses:step", args=[step.public_id])
    assert Attendance.objects.get().method == AttendanceMethod.CODE
    assert StepCompletion.objects.get().enrolment == enrolment


def test_an_old_forged_or_foreign_code_is_refused(enrolment, session, monkeypatch):
    url = reverse("courses:check-in-session", args=[session.public_id])
    client = signed_in(enrolment.user)
    code = queries.screen_code(session)
    for bad in ("", "nonsense", f"{code}x", queries.screen_code(TrainingSessionFactory())):
        assert client.get(url, {"c": bad}).status_code == 403
    monkeypatch.setattr(queries, "CODE_VALID_SECONDS", -1)
    assert client.get(url, {"c": code}).status_code == 403
    assert client.post(url, {"ticket": "nonsense"}).status_code == 403
    assert Attendance.objects.count() == 0


def test_a_stranger_cannot_sign_up_or_check_in(session, step):
    client = signed_in(UserFactory())
    code = queries.screen_code(session)
    assert client.get(reverse("courses:check-in-session", args=[session.public_id]), {"c": code}).status_code == 404
    assert client.post(reverse("courses:sign-up", args=[step.public_id, session.public_id])).status_code == 404


def test_a_session_of_another_step_is_not_found(enrolment, step):
    foreign = TrainingSessionFactory()
    client = signed_in(enrolment.user)
    assert client.post(reverse("courses:sign-up", args=[step.public_id, foreign.public_id])).status_code == 404


def test_the_list_of_dates_costs_the_same_with_one_as_with_three(session, django_assert_num_queries):
    one = session_step(session)
    three = session_step(session, TrainingSessionFactory(), TrainingSessionFactory())
    for step in (one, three):
        enrolment = learner_of(step)
        with django_assert_num_queries(3):
            queries.session_views(step_id=step.pk, enrolment_id=enrolment.pk)


def test_raw_sql_cannot_move_an_attendance_to_somebody_else(enrolment, session):
    there(enrolment, session)
    for sql in ("UPDATE courses_attendance SET enrolment_id = enrolment_id + 1", "DELETE FROM courses_attendance"):
        with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
