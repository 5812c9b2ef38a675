"""Reminders go out once for one due date, on working days, to whom it concerns, in both languages."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.audit.models import Entry
from foundation.workdays import calendar
from notifications.models import Message
from organisations.models import Role
from programmes import actions, queries, tasks
from programmes.contracts import Evidence
from programmes.models import Digest, Enrolment, Reminder
from programmes.statistics import DOUBTFUL, DUE_SOON, ON_TRACK, OVERDUE, Standing, outlook
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.practice import Workplace
from tests.factories.programmes import EnrolmentFactory

pytestmark = pytest.mark.django_db
CHINA = dt.timezone(dt.timedelta(hours=8))
DAYS = calendar()
DAY = dt.timedelta(days=1)


def noon(text):
    return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(12), CHINA)


@pytest.fixture
def workplace():
    return Workplace()


def learner(workplace, due_on, **kwargs):
    enrolment = workplace.learner()
    Enrolment.objects.filter(pk=enrolment.pk).update(due_on=dt.date.fromisoformat(due_on), **kwargs)
    enrolment.refresh_from_db()
    return enrolment


def told(kind=None):
    rows = Message.objects.filter(kind=f"programmes.{kind}") if kind else Message.objects.all()
    return set(rows.values_list("user_id", "kind"))


@pytest.mark.parametrize(
    ("today", "due_on", "kind"),
    [
        ("2026-11-24", "2026-12-01", "due_soon"),
        ("2026-11-24", "2026-12-02", ""),
        ("2026-11-24", "2026-11-24", "due"),
        ("2026-11-24", "2026-11-23", "overdue"),
        # What falls on days off is told on the last working day before; what is over, on the first after.
        ("2026-09-30", "2026-10-03", "due"),
        ("2026-09-30", "2026-10-14", "due_soon"),
        ("2026-10-08", "2026-10-03", "overdue"),
    ],
)
def test_each_day_has_its_word(workplace, today, due_on, kind):
    enrolment = learner(workplace, due_on)
    actions.remind(now=noon(today), days=DAYS)
    about = Message.objects.exclude(kind="programmes.digest")
    assert list(about.values_list("user_id", "kind")) == ([(enrolment.user_id, f"programmes.{kind}")] if kind else [])
    actions.remind(now=noon(today) + dt.timedelta(hours=1), days=DAYS)
    assert about.count() == bool(kind)


def test_a_new_due_date_is_told_anew_and_who_is_through_is_left_alone(workplace):
    enrolment = learner(workplace, "2026-11-24")
    through = learner(workplace, "2026-11-24")
    actions.complete_steps(evidence=[Evidence(through.pk, workplace.step.pk, timezone.now(), "tests.Fact:1")])
    actions.count_completions()
    actions.remind(now=noon("2026-11-24"), days=DAYS)
    Enrolment.objects.filter(pk=enrolment.pk).update(due_on=dt.date(2026, 11, 25))
    actions.remind(now=noon("2026-11-25"), days=DAYS)
    assert Message.objects.filter(user=enrolment.user, kind="programmes.due").count() == 2
    assert not Message.objects.filter(user=through.user).exists()


def test_messages_are_chinese_first_and_lead_to_the_programme(workplace):
    enrolment = learner(workplace, "2026-11-24")
    actions.remind(now=noon("2026-11-24"), days=DAYS)
    message = Message.objects.get()
    assert message.subject == f"“{workplace.programme.title}”到期，最后一天是2026年11月24日"
    assert "is due: the last day is Nov. 24, 2026" in message.body
    assert message.url == f"/my/{enrolment.public_id}/"


def test_an_assignment_is_told_and_an_enrolment_by_hand_is_not(workplace):
    person = workplace.person(workplace.section)
    target = queries.Target(organisation=workplace.department, units=[workplace.section])
    workplace.learner()
    assignment = actions.assign(by=None, programme=workplace.programme, target=target)
    actions.pass_slice(run_id=assignment.runs.get().pk, phase="join", cursor=0)
    now = timezone.now()
    actions.remind(now=now, days=DAYS)
    assert told("assigned") == {(person.pk, "programmes.assigned")}


def test_managers_of_the_nearest_unit_are_told_of_who_is_long_overdue_once_and_without_names(workplace):
    manager = workplace.person(workplace.department, Role.MANAGER)
    late = [learner(workplace, "2026-11-10") for _ in range(2)]
    learner(workplace, "2026-11-23")
    for day in ("2026-11-24", "2026-11-25"):
        actions.remind(now=noon(day), days=DAYS)
    message = Message.objects.get(kind="programmes.escalated")
    assert (message.user, "2人逾期" in message.subject) == (manager, True)
    assert [row.user.name in message.body for row in late] == [False, False]


def test_coordinators_get_a_summary_on_the_first_working_day_of_a_week_if_anybody_is_not_through(workplace):
    learner(workplace, "2026-12-20", outlook=2)
    other = Workplace()
    for day in ("2026-11-23", "2026-11-23", "2026-11-24"):
        actions.remind(now=noon(day), days=DAYS)
    message = Message.objects.get(kind="programmes.digest")
    assert (message.user, "1人未完成，其中1人可能来不及" in message.subject) == (workplace.coordinator, True)
    assert not Message.objects.filter(user=other.coordinator).exists()


def test_the_summary_tells_of_every_unit_that_one_looks_after_once(workplace):
    second, third = Workplace(), Workplace()
    leader = workplace.coordinator
    for unit, role in (
        (workplace.section, Role.TEACHER),  # lies in the department that the same person coordinates
        (second.section, Role.TEACHER),
        (third.department, Role.COORDINATOR),  # nobody there has anything to do
    ):
        MembershipFactory(user=leader, organisation=unit, role=role)
    doubtful = learner(workplace, "2026-12-20", outlook=2)
    learner(second, "2026-12-20", outlook=0)
    late = learner(second, "2026-11-20", outlook=3)
    for day in ("2026-11-23", "2026-11-24"):
        actions.remind(now=noon(day), days=DAYS)
    message = Message.objects.get(kind="programmes.digest", user=leader)
    assert message.subject == "您的2个单位本周：3人未完成，其中2人可能来不及"
    chinese, english = message.body.split("\n\nYour 2 units this week")
    assert chinese.split("\n\n") == [
        f"{workplace.department.name}本周：1人未完成，其中1人可能来不及\n已逾期0人。\n请先关注：{doubtful.user}。",
        f"{second.section.name}本周：2人未完成，其中1人可能来不及\n已逾期1人。\n请先关注：{late.user}。",
    ]
    assert (english.count("this week"), message.url) == (2, "/dashboards/")
    other = Message.objects.get(kind="programmes.digest", user=second.coordinator)
    assert other.subject == f"{second.department.name}本周：2人未完成，其中1人可能来不及"
    assert Digest.objects.filter(user=leader).count() == 1


def test_a_slice_of_summaries_takes_whole_people_whatever_number_of_units_they_have(workplace):
    for _ in range(9):
        MembershipFactory(user=workplace.coordinator, organisation=OrganisationFactory(), role=Role.COORDINATOR)
    second = Workplace()
    found = queries.to_digest(dt.date(2026, 11, 23), 2)
    assert {user_id: len(units) for user_id, units in found.items()} == {
        workplace.coordinator.pk: 10,
        second.coordinator.pk: 1,
    }
    assert list(queries.to_digest(dt.date(2026, 11, 23), 1)) == [workplace.coordinator.pk]


def test_the_job_is_silent_on_days_off_and_in_quiet_hours(workplace, monkeypatch):
    for moment in (noon("2026-11-22"), noon("2026-10-01"), noon("2026-11-24").replace(hour=21)):
        learner(workplace, moment.date().isoformat())
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        tasks.remind({})
    assert Message.objects.count() == 0
    monkeypatch.setattr(timezone, "now", lambda: noon("2026-11-24"))
    tasks.remind({})
    assert Message.objects.filter(kind="programmes.due").count() == 1


def test_by_hand_nobody_is_reminded_twice_in_three_days_in_any_programme(workplace):
    enrolment = learner(workplace, "2026-11-30")
    second = EnrolmentFactory(user=enrolment.user, organisation=workplace.section)
    by, now = workplace.coordinator, noon("2026-11-24")
    assert actions.remind_by_hand(by=by, enrolments=[enrolment, second], note="月底前做完", at=now) == (1, 1)
    assert actions.remind_by_hand(by=by, enrolments=[second], at=now + 2 * DAY) == (0, 1)
    assert actions.remind_by_hand(by=by, enrolments=[enrolment], at=now + 3 * DAY) == (1, 0)
    first = Message.objects.order_by("pk").first()
    assert (first.subject.startswith(f"{by.name}提醒你"), "月底前做完" in first.body) == (True, True)
    assert Entry.objects.filter(action="programmes.remind_by_hand").count() == 3


def test_the_database_refuses_the_same_reminder_twice_and_a_nameless_one(workplace):
    enrolment = learner(workplace, "2026-11-24")
    actions.remind(now=noon("2026-11-24"), days=DAYS)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reminder.objects.create(
            enrolment=enrolment, kind="due", due_on=enrolment.due_on, sent_at=timezone.now(), by=None
        )
    for change in ("kind = 'nonsense'", "kind = 'by_hand'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE programmes_reminder SET " + change)


@pytest.mark.parametrize(
    ("enrolled", "due", "steps", "done", "expected"),
    [
        ("2026-10-20", "2026-11-23", 5, 4, OVERDUE),
        ("2026-11-20", "2026-12-20", 5, 0, ON_TRACK),
        ("2026-11-23", "2026-11-30", 5, 0, DUE_SOON),
        ("2026-11-23", "2026-11-26", 5, 0, DOUBTFUL),  # fewer days than steps
        ("2026-11-10", "2026-12-04", 5, 0, DOUBTFUL),  # half gone, nothing done
        ("2026-10-12", "2026-12-11", 5, 1, DOUBTFUL),  # at this pace it takes too long
        ("2026-10-12", "2026-12-11", 5, 4, ON_TRACK),
    ],
)
def test_the_forecast_follows_its_rule(enrolled, due, steps, done, expected):
    standing = Standing(dt.date.fromisoformat(enrolled), dt.date.fromisoformat(due), steps, done)
    assert outlook(standing, dt.date(2026, 11, 24), DAYS) == expected


def test_the_forecast_is_kept_and_counted_and_again_changes_nothing(workplace):
    enrolment = learner(workplace, "2026-11-20")
    actions.rebuild_tallies()
    today = dt.date(2026, 11, 24)
    assert actions.forecast(today=today, days=DAYS, chunk=1) == 1
    assert actions.forecast(today=today, days=DAYS) == 0
    enrolment.refresh_from_db()
    assert (enrolment.outlook, actions.rebuild_tallies(check=True)) == (OVERDUE, 0)
    actions.complete_steps(evidence=[Evidence(enrolment.pk, workplace.step.pk, timezone.now(), "tests.Fact:1")])
    actions.count_completions()
    assert actions.rebuild_tallies(check=True) == 0
    actions.revoke_step(enrolment_id=enrolment.pk, step_id=workplace.step.pk)
    assert actions.rebuild_tallies(check=True) == 0


def test_nobody_is_reminded_who_has_no_account_any_more(workplace):
    enrolment = learner(workplace, "2026-11-24")
    enrolment.user.is_active = False
    enrolment.user.save()
    actions.remind(now=noon("2026-11-24"), days=DAYS)
    assert (Message.objects.count(), UserFactory().is_active) == (0, True)
