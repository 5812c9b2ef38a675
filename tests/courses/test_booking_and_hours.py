"""Places for a whole unit, a word the day before, and the record of credit hours."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import actions
from courses.models import Attendance, AttendanceMethod, CourseCompletion, SessionState, SignUp, TrainingSession
from courses.queries.hours import hours_of
from courses.steps import chosen_course
from notifications.models import Message
from organisations.models import Role
from tests.factories.accounts import UserFactory
from tests.factories.courses import course_step, learner_of, make_course
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.programmes import EnrolmentFactory
from tests.factories.sessions import TrainingSessionFactory, session_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return TrainingSessionFactory(capacity=2)


@pytest.fixture
def step(session):
    return session_step(session)


@pytest.fixture
def unit():
    return OrganisationFactory()


@pytest.fixture
def coordinator(unit):
    user = UserFactory()
    MembershipFactory(user=user, organisation=unit, role=Role.COORDINATOR, is_home=True)
    return user


def people(step, unit, number):
    return [EnrolmentFactory(programme=step.programme, organisation=unit) for _n in range(number)]


def book(coordinator, session, enrolments):
    return actions.book_places(by=coordinator, session=session, public_ids=[one.public_id for one in enrolments])


def test_a_coordinator_books_as_many_as_there_are_places_and_each_is_told(coordinator, session, step, unit):
    done = book(coordinator, session, people(step, unit, 3))
    assert (done.booked, done.left_out) == (2, 1)
    assert (TrainingSession.objects.get().taken, SignUp.objects.count()) == (2, 2)
    assert Message.objects.filter(kind="courses.booked").count() == 2


def test_booking_again_changes_nothing_and_people_of_others_are_left_alone(coordinator, session, step, unit):
    mine, theirs = people(step, unit, 1), people(step, OrganisationFactory(), 1)
    assert book(coordinator, session, mine + theirs) == actions.Booking(1, 0)
    assert book(coordinator, session, mine + theirs) == actions.Booking(0, 0)
    assert list(SignUp.objects.values_list("enrolment_id", flat=True)) == [mine[0].pk]


def test_who_has_a_place_in_a_sister_session_gets_no_second_one(coordinator, unit):
    first, second = TrainingSessionFactory(), TrainingSessionFactory()
    step = session_step(first, second)
    enrolments = people(step, unit, 1)
    book(coordinator, first, enrolments)
    assert book(coordinator, second, enrolments) == actions.Booking(0, 0)


@pytest.mark.parametrize("state", [SessionState.CLOSED, SessionState.CANCELLED, SessionState.DRAFT])
def test_a_session_that_is_not_open_takes_nobody(coordinator, session, step, unit, state):
    TrainingSession.objects.update(state=state)
    with pytest.raises(actions.SessionClosed):
        book(coordinator, session, people(step, unit, 1))


def test_the_pages_as_coordinator_learner_and_stranger(client, coordinator, session, step, unit):
    learner = people(step, unit, 1)[0]
    address = f"/learn/sessions/{session.public_id}/book/"
    for user in (learner.user, UserFactory()):
        client.force_login(user)
        assert [client.get("/learn/sessions/").status_code, client.get(address).status_code] == [404, 404]
        client.post(address, {"person": [learner.public_id]})
        assert SignUp.objects.count() == 0
    client.force_login(coordinator)
    assert client.get("/learn/sessions/").context["rows"] == [(session, 1)]
    assert learner.user.name in client.get(address).content.decode()
    client.post(address, {"person": [learner.public_id]})
    assert SignUp.objects.count() == 1
    assert client.get("/learn/sessions/").context["rows"] == [(session, 0)]


def test_the_list_of_people_costs_the_same_with_one_and_with_three(client, coordinator, session, step, unit):
    client.force_login(coordinator)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/learn/sessions/{session.public_id}/book/").status_code == 200
        return len(captured)

    people(step, unit, 1)
    cost()
    one = cost()
    people(step, unit, 2)
    assert cost() == one


def test_everybody_with_a_place_is_told_the_day_before_and_once(session, step, unit):
    evening = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)  # 20:00 in China
    TrainingSession.objects.update(
        starts_at=dt.datetime(2026, 11, 28, 1, tzinfo=dt.UTC), ends_at=dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)
    )
    session.refresh_from_db()
    for one in people(step, unit, 2):
        SignUp.objects.create(session=session, enrolment=one, signed_up_at=evening)
    assert actions.tell_tomorrow(now=evening - dt.timedelta(days=1)) == 0
    assert [actions.tell_tomorrow(now=evening), actions.tell_tomorrow(now=evening)] == [2, 0]
    assert Message.objects.filter(kind="courses.session_tomorrow").count() == 2


def test_a_cancelled_session_and_a_place_given_back_are_not_told(session, step, unit):
    now = timezone.now()
    given_back, called_off = people(step, unit, 2)
    SignUp.objects.create(session=session, enrolment=given_back, signed_up_at=now, cancelled_at=now)
    other = TrainingSessionFactory(state=SessionState.CANCELLED)
    SignUp.objects.create(session=other, enrolment=called_off, signed_up_at=now)
    assert actions.tell_tomorrow(now=session.starts_at - dt.timedelta(days=1)) == 0


@pytest.fixture
def learned(session):
    step = course_step(make_course(credit_hours=3))
    enrolment = learner_of(step)
    course = CourseCompletion(enrolment=enrolment, course_id=chosen_course(step), credit_hours=3)
    course.completed_at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    course.save()
    Attendance.objects.create(
        session=session,
        enrolment=enrolment,
        method=AttendanceMethod.LIST,
        recorded_by=session.organiser,
        attended_at=timezone.now(),
    )
    return enrolment


def test_hours_stand_by_year_and_one_course_counts_once_a_year(learned, session):
    again = EnrolmentFactory(user=learned.user)
    CourseCompletion.objects.create(
        enrolment=again,
        course=CourseCompletion.objects.get().course,
        credit_hours=3,
        completed_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
    )
    years = hours_of(learned.user)
    assert sum(year.hours for year in years) == 3
    assert sum(year.minutes for year in years) == 120
    assert hours_of(session.organiser) == []


def test_the_page_and_the_pdf_are_ones_own(client, learned):
    client.force_login(learned.user)
    page = client.get("/learn/hours/")
    assert (page.status_code, "2,026" in page.content.decode()) == (200, False)
    pdf = client.get("/learn/hours/record.pdf")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    client.logout()
    assert client.get("/learn/hours/record.pdf").status_code == 302
