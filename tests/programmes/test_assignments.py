"""An assignment is a standing order: who fits is enrolled, who leaves stops, and again changes nothing."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.audit.models import Entry
from foundation.jobs import worker
from organisations.actions import end_planned, merge_organisations
from organisations.models import Kind, Membership, Organisation, Profession, Role
from programmes import actions, queries
from programmes.actions import passing
from programmes.contracts import Evidence
from programmes.models import (
    Allowance,
    Assignment,
    AssignmentRun,
    Enrolment,
    RunState,
    StepCompletion,
    UnitStepTally,
)
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.programmes import ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


class City:
    """A city with a department of two sections, and a school with a grade of two classes."""

    def __init__(self):
        self.root = OrganisationFactory(kind=Kind.CITY)
        self.department = OrganisationFactory(parent=self.root)
        self.sections = [OrganisationFactory(kind=Kind.SECTION, parent=self.department) for _ in range(2)]
        self.school = OrganisationFactory(kind=Kind.SCHOOL, parent=self.root)
        self.grade = OrganisationFactory(kind=Kind.GRADE, parent=self.school, name="初二")
        self.classes = [OrganisationFactory(kind=Kind.CLASS, parent=self.grade) for _ in range(2)]
        self.programme = ProgrammeFactory()
        self.step = StepFactory(programme=self.programme)

    def person(self, unit, *, days=0, **kwargs):
        user = UserFactory()
        from_on = timezone.localdate() - days * DAY
        MembershipFactory(user=user, organisation=unit, is_home=True, from_on=from_on, **kwargs)
        return user

    def assign(self, *units, due=None, **kwargs):
        days = {name: kwargs.pop(name) for name in ("due_on", "due_days", "renews_on") if name in kwargs}
        target = queries.Target(organisation=self.root, units=units or [self.root], **kwargs)
        return actions.assign(by=None, programme=self.programme, target=target, **days)


def work():
    while worker.run_pending(limit=100):
        pass
    actions.count_completions()


def enrolled(programme):
    return set(Enrolment.objects.filter(programme=programme, state="active").values_list("user_id", flat=True))


def look_again(now=None):
    actions.look_again(now=now)
    work()


@pytest.fixture
def city():
    return City()


def test_everybody_at_home_in_the_chosen_units_is_enrolled_in_their_own_unit_and_again_changes_nothing(
    city, monkeypatch
):
    monkeypatch.setattr(passing, "SLICE", 2)
    people = {city.person(unit).pk: unit.pk for unit in (city.department, *city.sections, city.sections[0])}
    guest, stranger, gone = UserFactory(), city.person(city.classes[0]), city.person(city.department)
    MembershipFactory(user=guest, organisation=city.department)
    gone.is_active = False
    gone.save()
    assignment = city.assign(city.department)
    work()
    rows = Enrolment.objects.filter(programme=city.programme)
    assert dict(rows.values_list("user_id", "organisation_id")) == people
    assert {guest.pk, stranger.pk, gone.pk} & enrolled(city.programme) == set()
    before = list(rows.order_by("pk").values())
    for _ in range(2):
        look_again()
    assert list(rows.order_by("pk").values()) == before
    run = AssignmentRun.objects.get(assignment=assignment)
    assert (run.state, run.expected, run.joined, run.left) == (RunState.DONE, 4, 4, 0)
    assert actions.rebuild_tallies(check=True) == 0


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"kinds": ["section"]}, "section"),
        ({"grades": ["初二"]}, "pupil"),
        ({"grades": ["初三"]}, ""),
        ({"roles": ["coordinator"]}, "coordinator"),
        ({"professions": ["lawyer", "teacher"]}, "chief"),
        ({"professions": ["physician"]}, ""),
        ({"position": "科长"}, "chief"),
        ({"joined_after": timezone.localdate() - 5 * DAY}, "new"),
        ({"kinds": ["section", "department"], "roles": ["coordinator"], "position": "科长"}, ""),
    ],
)
def test_every_rule_narrows_the_audience(city, rule, expected):
    lawyer = Profession.objects.get(code="lawyer")
    people = {
        "section": city.person(city.sections[0], days=50),
        "pupil": city.person(city.classes[1], days=50),
        "coordinator": city.person(city.department, days=50, role=Role.COORDINATOR),
        "chief": city.person(city.school, days=50, position="副科长", profession=lawyer),
        "new": city.person(city.department, days=2),
    }
    city.assign(**rule)
    work()
    assert enrolled(city.programme) == ({people[expected].pk} if expected else set())
    target = queries.target_of(Assignment.objects.get())
    assert {name: sorted(getattr(target, name)) for name in rule if name.endswith("s")} == {
        name: sorted(value) for name, value in rule.items() if name.endswith("s")
    }


def test_who_has_completed_another_programme_can_be_meant_or_left_out(city):
    other, done, new = ProgrammeFactory(), city.person(city.department), city.person(city.department)
    step = StepFactory(programme=other)
    first = actions.enrol(by=None, programme=other, user=done, organisation=city.department)
    actions.complete_steps(evidence=[Evidence(first.pk, step.pk, timezone.now(), "tests.Fact:1")])
    actions.count_completions()
    target = {"organisation": city.root, "units": [city.root]}
    assert [m.user for m in queries.members(queries.Target(completed_id=other.pk, **target))] == [done]
    assert [m.user for m in queries.members(queries.Target(not_completed_id=other.pk, **target))] == [new]


def test_a_planned_end_stops_who_was_at_home_there_and_a_secondment_leaves_the_home_as_it_is(city):
    today = timezone.localdate()
    hired, seconded = city.person(city.sections[0], ends_on=today), city.person(city.sections[0])
    MembershipFactory(user=seconded, organisation=city.school, ends_on=today)
    city.assign(city.department)
    work()
    assert enrolled(city.programme) == {hired.pk, seconded.pk}
    end_planned(today=today)
    look_again()
    assert enrolled(city.programme) == {hired.pk, seconded.pk}
    assert end_planned(today=today + DAY) == 2
    look_again()
    assert enrolled(city.programme) == {seconded.pk}
    assert Enrolment.objects.get(user=hired).end_reason == "left"
    assert Enrolment.objects.get(user=seconded).organisation == city.sections[0]
    assert actions.rebuild_tallies(check=True) == 0


def test_single_people_can_be_meant(city):
    chosen, _other = city.person(city.department), city.person(city.department)
    city.assign(people=[chosen.pk])
    work()
    assert enrolled(city.programme) == {chosen.pk}


def test_newcomers_are_enrolled_by_themselves_with_days_of_their_own(city):
    old = city.person(city.department, days=400)
    city.assign(due_days=10)
    work()
    new = city.person(city.department)
    look_again()
    today = timezone.localdate()
    due = dict(Enrolment.objects.values_list("user_id", "due_on"))
    assert due == {old.pk: today + 10 * DAY, new.pk: today + 10 * DAY}
    assert AssignmentRun.objects.filter(joined=1).count() == 2


def test_who_comes_after_a_fixed_day_has_until_the_programme_ends(city):
    assignment = city.assign(due_on=timezone.localdate())
    tomorrow = timezone.localdate() + DAY
    assert queries.due_date(assignment, tomorrow, tomorrow) == city.programme.closes_on


def test_leavers_stop_with_their_facts_and_go_on_where_they_stopped_when_they_come_back(city):
    leaver, mover = city.person(city.sections[0]), city.person(city.sections[0])
    city.assign(city.department)
    work()
    row = Enrolment.objects.get(user=leaver)
    actions.complete_steps(evidence=[Evidence(row.pk, city.step.pk, timezone.now(), "tests.Fact:1")])
    Membership.objects.filter(user=leaver).update(until_on=timezone.localdate())
    Membership.objects.filter(user=mover).update(organisation=city.sections[1])
    look_again()
    row.refresh_from_db()
    assert (row.state, row.end_reason, StepCompletion.objects.filter(enrolment=row).count()) == ("withdrawn", "left", 1)
    assert Enrolment.objects.get(user=mover).organisation == city.sections[1]
    assert actions.rebuild_tallies(check=True) == 0
    MembershipFactory(user=leaver, organisation=city.sections[1], is_home=True)
    look_again()
    row.refresh_from_db()
    assert (row.state, row.organisation, Enrolment.objects.filter(user=leaver).count()) == (
        "active",
        city.sections[1],
        1,
    )
    assert actions.rebuild_tallies(check=True) == 0


def test_who_moves_to_where_another_assignment_reaches_keeps_the_enrolment(city):
    mover = city.person(city.department)
    target = queries.Target(organisation=city.department, units=[city.department])
    actions.assign(by=None, programme=city.programme, target=target)
    second = city.assign(city.school)
    work()
    Membership.objects.filter(user=mover).update(organisation=city.school)
    look_again()
    row = Enrolment.objects.get(user=mover)
    assert (row.state, row.assignment, row.organisation) == ("active", second, city.school)
    assert actions.rebuild_tallies(check=True) == 0


def test_who_was_assigned_in_a_unit_goes_on_in_the_one_that_took_it_in(city):
    gone, stays = city.sections
    person, there = city.person(gone), city.person(stays)
    city.assign(gone)
    work()
    assert enrolled(city.programme) == {person.pk}
    last = OrganisationFactory(kind=Kind.SECTION, parent=city.department)
    merge_organisations(by=None, organisation=gone, into=stays)
    merge_organisations(by=None, organisation=stays, into=last)
    look_again()
    rows = Enrolment.objects.order_by("user_id").values_list("user_id", "state", "organisation_id")
    assert list(rows) == [(person.pk, "active", last.pk), (there.pk, "active", last.pk)]


def test_nobody_is_enrolled_below_a_unit_that_does_not_take_part(city):
    pupil, clerk = city.person(city.classes[0]), city.person(city.sections[0])
    Organisation.objects.filter(pk=city.school.pk).update(is_participating=False)
    city.assign(city.root)
    work()
    assert enrolled(city.programme) == {clerk.pk}
    Organisation.objects.filter(pk=city.school.pk).update(is_participating=True)
    look_again()
    assert enrolled(city.programme) == {clerk.pk, pupil.pk}


def test_a_pass_is_stopped_and_goes_on_where_it_was(city, monkeypatch):
    monkeypatch.setattr(passing, "SLICE", 2)
    people = {city.person(city.department).pk for _ in range(5)}
    assignment = city.assign()
    actions.pass_slice(run_id=assignment.runs.get().pk, phase="join", cursor=0)
    assert len(enrolled(city.programme)) == 2
    actions.stop_assignment(by=None, assignment=assignment)
    with pytest.raises(actions.WrongAssignmentState):
        actions.stop_assignment(by=None, assignment=assignment)
    work()
    look_again()
    assert len(enrolled(city.programme)) == 2
    actions.resume_assignment(by=None, assignment=assignment)
    with pytest.raises(actions.WrongAssignmentState):
        actions.resume_assignment(by=None, assignment=assignment)
    work()
    assert enrolled(city.programme) == people
    assert AssignmentRun.objects.get().joined == 5


def test_two_workers_with_the_same_slice_enrol_nobody_twice(city):
    city.person(city.department)
    city.assign()
    run = AssignmentRun.objects.get()
    for _ in range(2):
        actions.pass_slice(run_id=run.pk, phase="join", cursor=0)
    work()
    assert Enrolment.objects.count() == 1
    assert AssignmentRun.objects.get().joined == 1


def test_a_new_round_begins_on_its_day_and_the_old_one_stays(city):
    person = city.person(city.department)
    tomorrow = timezone.localdate() + DAY
    assignment = city.assign(due_on=tomorrow, renews_on=tomorrow)
    work()
    first = Enrolment.objects.get()
    actions.complete_steps(evidence=[Evidence(first.pk, city.step.pk, timezone.now(), "tests.Fact:1")])
    look_again(timezone.now() + DAY)
    look_again(timezone.now() + DAY)
    assignment.refresh_from_db()
    assert (assignment.round, assignment.renews_on.year, assignment.due_on.year) == (
        2,
        tomorrow.year + 1,
        tomorrow.year + 1,
    )
    rows = Enrolment.objects.filter(user=person).order_by("pk")
    assert [(row.state, row.round, row.end_reason, bool(row.finished_at)) for row in rows] == [
        ("past", 1, "renewed", True),
        ("active", 2, "", False),
    ]
    assert StepCompletion.objects.get().enrolment == first
    assert actions.rebuild_tallies(check=True) == 0


def test_a_round_ends_the_day_before_the_next_one_and_rounds_go_on_as_long_as_the_programme(city):
    today = timezone.localdate()
    person = city.person(city.department)
    renews_on = today + 20 * DAY
    assignment = city.assign(renews_on=renews_on)
    work()
    assert Enrolment.objects.get().due_on == renews_on - DAY
    late = city.person(city.department)
    actions.grant_exemption(by=UserFactory(), programme=city.programme, user=late, reason="产假")
    look_again(timezone.now() + 20 * DAY)  # the programme ends 30 days from now
    assignment.refresh_from_db()
    second = queries.a_year_later(renews_on)
    assert (assignment.round, assignment.renews_on) == (2, second)
    assert Enrolment.objects.get(user=person, round=2).due_on == city.programme.closes_on
    look_again(timezone.now() + (second - today))
    assignment.refresh_from_db()
    assert assignment.round == 2
    closes_on = queries.a_year_later(queries.a_year_later(queries.a_year_later(second)))
    actions.extend_programme(by=UserFactory(), programme=city.programme, closes_on=closes_on)
    # Extended a year late: what was missed is one round, and the next one is still to come.
    look_again(timezone.now() + (queries.a_year_later(second) - today))
    assignment.refresh_from_db()
    third = queries.a_year_later(queries.a_year_later(second))
    assert (assignment.round, assignment.renews_on) == (3, third)
    rows = Enrolment.objects.filter(user=person).order_by("round")
    assert list(rows.values_list("round", "state", "due_on")) == [
        (1, "past", renews_on - DAY),
        (2, "past", city.programme.closes_on),
        (3, "active", third - DAY),
    ]
    assert not Enrolment.objects.filter(user=late).exists()
    assert actions.rebuild_tallies(check=True) == 0


def test_only_an_open_programme_is_extended_and_only_to_a_later_day(city):
    before = city.programme.closes_on
    with pytest.raises(ValidationError):
        actions.extend_programme(by=None, programme=city.programme, closes_on=before)
    actions.extend_programme(by=None, programme=city.programme, closes_on=before + DAY)
    actions.close_programme(by=None, programme=city.programme)
    with pytest.raises(actions.WrongState):
        actions.extend_programme(by=None, programme=city.programme, closes_on=before + 2 * DAY)
    city.programme.refresh_from_db()
    assert city.programme.closes_on == before + DAY
    entry = Entry.objects.get(action="programmes.extend_programme")
    assert entry.details["to"] == (before + DAY).isoformat()


def test_exempt_people_are_left_out_until_the_exemption_ends(city):
    officer, exempt = UserFactory(), city.person(city.department)
    city.assign()
    work()
    row = Enrolment.objects.get()
    allowance = actions.grant_exemption(by=officer, programme=city.programme, user=exempt, reason="产假")
    look_again()
    row.refresh_from_db()
    assert (row.state, row.end_reason, enrolled(city.programme)) == ("withdrawn", "exempt", set())
    actions.end_allowance(by=officer, allowance=allowance)
    with pytest.raises(actions.AllowanceOver):
        actions.end_allowance(by=officer, allowance=allowance)
    row.refresh_from_db()
    assert (row.state, actions.rebuild_tallies(check=True)) == ("active", 0)


def test_more_time_moves_the_last_day_of_one_person_and_ends_with_the_common_one(city):
    officer, person = UserFactory(), city.person(city.department)
    today = timezone.localdate()
    city.assign(due_on=today + 3 * DAY)
    work()
    for day in (today - DAY, city.programme.closes_on + DAY):
        with pytest.raises(ValidationError):
            actions.grant_extension(by=officer, programme=city.programme, user=person, due_on=day, reason="外派")
    assert Allowance.objects.count() == 0
    with pytest.raises(ValidationError):
        actions.grant_exemption(by=officer, programme=city.programme, user=person, reason="  ")
    allowance = actions.grant_extension(
        by=officer, programme=city.programme, user=person, due_on=today + 9 * DAY, reason="外派"
    )
    assert Enrolment.objects.get().due_on == today + 9 * DAY
    actions.end_allowance(by=officer, allowance=allowance)
    assert Enrolment.objects.get().due_on == today + 3 * DAY


def test_a_unit_outside_and_days_that_cannot_be_are_refused_and_nothing_is_stored(city):
    outside = OrganisationFactory()
    target = queries.Target(organisation=city.department, units=[outside])
    with pytest.raises(actions.OutOfScope):
        actions.assign(by=None, programme=city.programme, target=target)
    today = timezone.localdate()
    for days in (
        {"due_on": today - DAY},
        {"due_on": city.programme.closes_on + DAY},
        {"renews_on": today},
        {"due_on": today, "due_days": 3},
    ):
        with pytest.raises(ValidationError):
            city.assign(**days)
    assert (Assignment.objects.count(), Entry.objects.filter(action="programmes.assign").count()) == (0, 0)


def test_a_slice_costs_the_same_for_one_person_and_for_three(city):
    counts = []
    for number in (1, 3):
        people = [city.person(city.sections[0]).pk for _ in range(number)]
        city.assign(people=people)
        run = AssignmentRun.objects.get(state="running")
        with CaptureQueriesContext(connection) as captured:
            actions.pass_slice(run_id=run.pk, phase="join", cursor=0)
        work()
        counts.append(len(captured))
    assert (counts[0], counts[0] <= 16) == (counts[1], True)


def test_figures_are_differences_that_fold_into_one_row(city):
    for _ in range(3):
        actions.enrol(by=None, programme=city.programme, user=city.person(city.school), organisation=city.school)
    assert UnitStepTally.objects.count() == 3
    assert actions.fold_tallies() == 1
    assert UnitStepTally.objects.get().people == 3
    UnitStepTally.objects.update(people=7)
    assert (actions.rebuild_tallies(check=True), actions.rebuild_tallies(), actions.rebuild_tallies(check=True)) == (
        1,
        1,
        0,
    )


def test_the_database_refuses_what_cannot_be(city):
    officer = UserFactory()
    city.person(city.department)
    city.assign()
    work()
    actions.grant_exemption(by=officer, programme=city.programme, user=officer, reason="产假")
    for change in (
        "UPDATE programmes_assignment SET state = 'gone'",
        "UPDATE programmes_assignment SET state = 'stopped'",
        "UPDATE programmes_assignment SET due_on = '2026-12-01', due_days = 3",
        "UPDATE programmes_assignment SET due_days = 0",
        "UPDATE programmes_assignmentrun SET state = 'gone'",
        "UPDATE programmes_assignmentrun SET finished_at = NULL",
        "UPDATE programmes_allowance SET reason = ''",
        "UPDATE programmes_allowance SET kind = 'extended'",
        "UPDATE programmes_enrolment SET outlook = 4",
        "UPDATE programmes_enrolment SET end_reason = 'left'",
        "UPDATE programmes_unitsteptally SET measure = 'step'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
