"""Training sessions are planned in Wagtail's admin; who has signed up for a cancelled one is told."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms import registry
from courses import actions
from courses.models import AttendanceMethod, SessionState, SignUp, TrainingSession
from courses.steps import SessionHandler
from foundation.audit.models import Entry
from notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.courses import learner_of
from tests.factories.groups import member
from tests.factories.organisations import OrganisationFactory
from tests.factories.programmes import EnrolmentFactory
from tests.factories.sessions import TrainingSessionFactory, session_step

pytestmark = pytest.mark.django_db
INDEX = "/admin/training-sessions/"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager():
    return member(registry.EXAM_MANAGER)


@pytest.fixture
def client(manager):
    return signed_in(manager)


def fields(**changes):
    return {
        "title": "集中培训",
        "course": "",
        "organisation": OrganisationFactory().pk,
        "organiser": "",
        "starts_at": "2030-03-01 09:00",
        "ends_at": "2030-03-01 11:00",
        "place": "三楼会议室",
        "live_url": "",
        "capacity": "40",
        **changes,
    }


def press(client, session, verb):
    return client.post(reverse(f"{verb}-session", args=[session.pk]))


def stored(session):
    return TrainingSession.objects.get(pk=session.pk)


def look(session):
    return reverse("training-sessions:inspect", args=[session.pk])


def audited():
    return list(Entry.objects.filter(action__startswith="courses.").order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("group", [registry.EXAM_MANAGER, registry.CREDIT_OFFICE])
def test_a_session_is_drafted_changed_opened_closed_and_opened_again(group):
    manager = member(group)
    client = signed_in(manager)
    assert client.get(f"{INDEX}new/").status_code == 200
    assert client.post(f"{INDEX}new/", fields()).status_code == 302
    session = TrainingSession.objects.get()
    assert (session.state, session.organiser, session.capacity) == (SessionState.DRAFT, manager, 40)
    edit = reverse("training-sessions:edit", args=[session.pk])
    assert f'value="{manager.username}"' in client.get(edit).content.decode()
    other = UserFactory(username="trainer")
    assert client.post(edit, fields(title="改期的培训", organiser="trainer")).status_code == 302
    assert (stored(session).title, stored(session).organiser) == ("改期的培训", other)
    states = []
    for verb in ("close", "open", "open", "close", "open"):
        assert press(client, session, verb)["Location"] == look(session)
        states.append(stored(session).state)
    assert states == ["draft", "open", "open", "closed", "open"]
    assert client.post(edit, fields(title="太晚"))["Location"] == look(session)
    with pytest.raises(actions.SessionMoved):
        actions.change_session(by=manager, session=stored(session), title="太晚")
    assert stored(session).title == "改期的培训"
    verbs = ["create", "change", "open", "close", "open"]
    assert audited() == [f"courses.{verb}_session" for verb in verbs]


@pytest.mark.parametrize(
    "wrong",
    [{"ends_at": "2030-03-01 08:00"}, {"place": ""}, {"organiser": "nobody"}, {"capacity": "-1"}, {"title": ""}],
)
def test_a_form_that_cannot_be_right_is_shown_again(client, wrong):
    assert client.post(f"{INDEX}new/", fields(**wrong)).status_code == 200
    assert TrainingSession.objects.count() == 0


def test_the_page_leads_to_the_attendance_list_and_the_code_and_both_open(client):
    session = TrainingSessionFactory()
    addresses = [reverse(f"courses:{name}", args=[session.public_id]) for name in ("attendance", "screen")]
    page = client.get(look(session)).content.decode()
    assert [f'href="{address}"' in page for address in addresses] == [True, True]
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    stranger = signed_in(member(registry.EDITOR))
    assert [stranger.get(address).status_code for address in addresses] == [403, 403]


def test_the_page_shows_the_hour_of_the_clock_on_the_wall(client):
    starts = timezone.make_aware(dt.datetime(2030, 3, 1, 9, 5))
    session = TrainingSessionFactory(starts_at=starts, ends_at=starts + dt.timedelta(hours=2))
    shown = {row["label"]: str(row["value"]) for row in client.get(look(session)).context["fields"]}
    assert [shown[label] for label in ("开始", "结束", "课程")] == ["2030年3月1日 09:05", "2030年3月1日 11:05", ""]


def test_cancelling_tells_those_who_hold_a_place_and_nobody_else(client):
    session = TrainingSessionFactory(capacity=5, title="集中培训")
    step = session_step(session)
    here, gone = learner_of(step), learner_of(step)
    EnrolmentFactory(programme=step.programme)
    for enrolment in (here, gone):
        actions.sign_up(enrolment=enrolment, session=session)
    actions.cancel_sign_up(enrolment=gone, session=session)
    press(client, session, "cancel")
    told = Message.objects.values_list("user_id", "kind", "subject", "url")
    url = reverse("courses:step", args=[step.public_id])
    assert list(told) == [(here.user_id, "courses.session_cancelled", "培训取消：集中培训", url)]
    assert stored(session).state == SessionState.CANCELLED
    assert SignUp.objects.filter(cancelled_at=None).count() == 1
    assert SessionHandler().progress(here.pk, [step.pk])[step.pk].note == ""
    before = audited()
    for verb in ("cancel", "open", "close"):
        press(client, session, verb)
    assert (Message.objects.count(), stored(session).state, audited()) == (1, SessionState.CANCELLED, before)
    with pytest.raises(actions.SessionClosed):
        actions.sign_up(enrolment=gone, session=stored(session))


def test_a_session_that_took_place_is_not_cancelled(client):
    session = TrainingSessionFactory()
    enrolment = learner_of(session_step(session))
    actions.sign_up(enrolment=enrolment, session=session)
    actions.record_attendance(by=session.organiser, session=session, enrolment=enrolment, method=AttendanceMethod.LIST)
    press(client, session, "cancel")
    assert (stored(session).state, Message.objects.count()) == (SessionState.OPEN, 0)


def test_a_session_that_is_over_is_not_opened(client):
    past = timezone.now() - dt.timedelta(days=1)
    session = TrainingSessionFactory(state=SessionState.DRAFT, starts_at=past, ends_at=past + dt.timedelta(hours=1))
    press(client, session, "open")
    assert stored(session).state == SessionState.DRAFT


def rows(client, **query):
    return [row.title for row in client.get(INDEX, query).context["object_list"]]


def test_the_list_is_filtered_by_state_day_and_words(client):
    def on(day, **more):
        starts = timezone.make_aware(dt.datetime(2030, 3, day, 9))
        return TrainingSessionFactory(starts_at=starts, ends_at=starts + dt.timedelta(hours=2), **more)

    on(1, title="甲班")
    on(2, title="乙班", state=SessionState.DRAFT)
    on(3, title="丙班")
    assert rows(client) == ["丙班", "乙班", "甲班"]
    assert rows(client, state="draft") == ["乙班"]
    assert rows(client, starts_after="2030-03-02") == ["丙班", "乙班"]
    assert rows(client, starts_before="2030-03-02") == ["乙班", "甲班"]
    assert rows(client, q="丙") == ["丙班"]


def test_the_list_costs_the_same_with_one_and_three_rows(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    TrainingSessionFactory()
    client.get(INDEX)
    with django_assert_max_num_queries(30) as one:
        client.get(INDEX)
    TrainingSessionFactory()
    TrainingSessionFactory()
    with django_assert_num_queries(len(one)):
        client.get(INDEX)


def editor():
    return member(registry.EDITOR)


@pytest.mark.parametrize("person", [editor, UserFactory])
def test_nobody_else_plans_sessions(person):
    client, session = signed_in(person()), TrainingSessionFactory()
    before = audited()
    for verb in ("open", "close", "cancel"):
        assert press(client, session, verb).status_code == 302
    assert client.post(f"{INDEX}new/", fields()).status_code == 302
    assert [client.get(address).status_code for address in (INDEX, look(session))] == [302, 302]
    assert (TrainingSession.objects.count(), stored(session).state, audited()) == (1, SessionState.OPEN, before)


def test_a_session_is_never_deleted(client):
    session = TrainingSessionFactory()
    signed_in(UserFactory(is_superuser=True)).post(f"{INDEX}delete/{session.pk}/")
    client.post(f"{INDEX}delete/{session.pk}/")
    assert TrainingSession.objects.count() == 1
