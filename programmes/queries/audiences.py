"""Whom an assignment reaches, and who may give one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import CharField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from accounts.models import User
from organisations.models import Kind, Membership, Organisation, OrganisationQuerySet, Role
from organisations.queries import led_by
from programmes.models import (
    Allowance,
    AllowanceKind,
    Assignment,
    AssignmentRun,
    AssignmentState,
    Enrolment,
    EnrolmentState,
    FilterField,
    Programme,
    ProgrammeState,
)

ASSIGNING_ROLES: Sequence[str] = (Role.COORDINATOR, Role.MANAGER)
MANAGES_ALL = "programmes.change_programme"


@dataclass(frozen=True, slots=True)
class Target:
    """Who is meant, before or after an assignment is stored."""

    organisation: Organisation
    units: Collection[Organisation]
    people: Collection[int] = ()
    kinds: Collection[str] = ()
    roles: Collection[str] = ()
    grades: Collection[str] = ()
    professions: Collection[str] = ()  # codes
    position: str = ""
    joined_after: date | None = None
    completed_id: int | None = None
    not_completed_id: int | None = None


def target_of(assignment: Assignment) -> Target:
    """What a stored assignment says. Three statements, and one for each merger of a unit since."""
    values: dict[str, list[str]] = {}
    for name, value in assignment.filters.values_list("field", "value"):
        values.setdefault(name, []).append(value)
    return Target(
        organisation=_taken_in(assignment.organisation),
        units=[_taken_in(unit) for unit in assignment.units.all()],
        people=list(assignment.people.values_list("pk", flat=True)),
        kinds=values.get(FilterField.KIND, []),
        roles=values.get(FilterField.ROLE, []),
        grades=values.get(FilterField.GRADE, []),
        professions=values.get(FilterField.PROFESSION, []),
        position=assignment.position,
        joined_after=assignment.joined_after,
        completed_id=assignment.completed_id,
        not_completed_id=assignment.not_completed_id,
    )


def _taken_in(unit: Organisation) -> Organisation:
    """The unit, or the one that it was merged into: whoever was assigned there goes on. A statement for each merger."""
    while unit.closed_on and unit.merged_into:
        unit = unit.merged_into
    return unit


def _taking_part(found: OrganisationQuerySet) -> OrganisationQuerySet:
    """Those of `found` that are open and take part, and so do all units above them."""
    here = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    apart = Organisation.objects.filter(is_participating=False).alias(here=here).filter(here__startswith=F("path"))
    return found.filter(~Exists(apart), closed_on=None)


def units_of(target: Target) -> OrganisationQuerySet:
    """The open units that take part, inside the scope. Without kinds or grades: all of them."""
    chosen = Q()
    for unit in target.units:
        chosen |= Q(path__startswith=unit.path)
    found = _taking_part(Organisation.objects.within(target.organisation).filter(chosen))
    if target.kinds:
        found = found.filter(kind__in=target.kinds)
    if target.grades:
        here = ExpressionWrapper(OuterRef("path"), output_field=CharField())
        grades = Organisation.objects.filter(kind=Kind.GRADE, name__in=target.grades).alias(here=here)
        found = found.filter(Exists(grades.filter(here__startswith=F("path"))))
    return found


def belonging(target: Target) -> QuerySet[Membership]:
    """Home memberships of those who are still where the assignment reaches, whatever else it asks for."""
    chosen = Q()
    for unit in target.units:
        chosen |= Q(path__startswith=unit.path)
    units = _taking_part(Organisation.objects.within(target.organisation).filter(chosen))
    found = Membership.objects.current().filter(organisation__in=units, is_home=True, user__is_active=True)
    return found.filter(user_id__in=target.people) if target.people else found


def members(target: Target) -> QuerySet[Membership]:
    """Home memberships of everybody who fits."""
    found = belonging(target)
    if target.kinds or target.grades:
        found = found.filter(organisation__in=units_of(target))
    if target.joined_after:
        found = found.filter(from_on__gte=target.joined_after)
    elsewhere = Membership.objects.current().filter(
        user_id=OuterRef("user_id"), organisation__in=Organisation.objects.within(target.organisation)
    )
    if target.roles:
        found = found.filter(Exists(elsewhere.filter(role__in=target.roles)))
    if target.professions:
        found = found.filter(Exists(elsewhere.filter(profession__code__in=target.professions)))
    if target.position:
        found = found.filter(Exists(elsewhere.filter(position__icontains=target.position)))
    if target.completed_id:
        found = found.filter(_has_completed(target.completed_id))
    if target.not_completed_id:
        found = found.filter(~_has_completed(target.not_completed_id))
    return found


def _has_completed(programme_id: int) -> Exists:
    """Everything of a programme, in any round."""
    done = Enrolment.objects.filter(user_id=OuterRef("user_id"), programme_id=programme_id)
    return Exists(done.filter(finished_at__isnull=False))


def not_exempt(found: QuerySet[Membership], programme_id: int) -> QuerySet[Membership]:
    """Without those who were exempted."""
    exempt = Allowance.objects.filter(
        programme_id=programme_id, user_id=OuterRef("user_id"), kind=AllowanceKind.EXEMPT, ended_at=None
    )
    return found.exclude(Exists(exempt))


@dataclass(frozen=True, slots=True)
class Reach:
    """What an assignment would do, before anything is stored."""

    people: int
    units: int
    already: int
    exempt: int
    largest: list[tuple[str, int]]


LARGEST = 12


def reach(target: Target, programme: Programme) -> Reach:
    """Count whom it reaches. Four statements whatever their number."""
    everybody = members(target)
    fitting = not_exempt(everybody, programme.pk)
    by_unit = list(
        fitting.values("organisation__name", "organisation_id")
        .annotate(n=Count("pk"))
        .order_by("-n", "organisation_id")
    )
    enrolled = Enrolment.objects.filter(programme=programme, user_id=OuterRef("user_id"), state=EnrolmentState.ACTIVE)
    people = sum(row["n"] for row in by_unit)
    return Reach(
        people=people,
        units=len(by_unit),
        already=fitting.filter(Exists(enrolled)).count(),
        exempt=everybody.count() - people,
        largest=[(row["organisation__name"], row["n"]) for row in by_unit[:LARGEST]],
    )


def to_join(assignment: Assignment, target: Target, after: int, limit: int) -> list[Membership]:
    """The next people, in the order of their ids, who are not enrolled as they should be: new ones, those of an
    earlier round, and those whose home is another unit now."""
    settled = Enrolment.objects.filter(
        programme_id=assignment.programme_id, user_id=OuterRef("user_id"), state=EnrolmentState.ACTIVE
    ).filter(
        Q(assignment=None)
        | ~Q(assignment=assignment)
        | Q(round__gte=assignment.round, organisation_id=OuterRef("organisation_id"))
    )
    found = not_exempt(members(target), assignment.programme_id).exclude(Exists(settled))
    return list(found.filter(user_id__gt=after).order_by("user_id")[:limit])


def to_leave(assignment: Assignment, target: Target, after: int, limit: int) -> list[Enrolment]:
    """The next enrolments, in the order of their ids, of people who do not belong to the units any more."""
    here = belonging(target).filter(user_id=OuterRef("user_id"))
    found = Enrolment.objects.filter(assignment=assignment, state=EnrolmentState.ACTIVE, pk__gt=after)
    return list(found.exclude(Exists(here)).order_by("pk")[:limit])


def others_of(assignment: Assignment) -> list[Assignment]:
    """The other running assignments of the same programme, oldest first."""
    found = Assignment.objects.filter(programme_id=assignment.programme_id, state=AssignmentState.RUNNING)
    return list(found.exclude(pk=assignment.pk).select_related("organisation", "programme").order_by("pk"))


def due_date(assignment: Assignment, joined_on: date, today: date) -> date:
    """The last day of somebody who is enrolled on `today`.

    Relative: so many days after joining, or after the assignment for those who had joined before; never later than
    the round. Fixed: that day; who comes when it is over has until the round ends.
    """
    last = last_day(assignment.programme, assignment.renews_on)
    if last < today:  # the next round is late: this one goes on until it begins
        last = assignment.programme.closes_on
    if assignment.due_days:
        begins = max(joined_on, today)
        return min(begins + timedelta(days=assignment.due_days), last)
    if assignment.due_on and assignment.due_on >= today:
        return min(assignment.due_on, last)
    return last


def last_day(programme: Programme, renews_on: date | None) -> date:
    """When a round ends: with the programme, or the day before the next one begins."""
    return min(programme.closes_on, renews_on - timedelta(days=1)) if renews_on else programme.closes_on


def a_year_later(day: date) -> date:
    """The same day of the next year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def last_round(programme: Programme, renews_on: date) -> date | None:
    """The day on which the last round begins before the programme ends; None if not even the next one does."""
    if renews_on > programme.closes_on:
        return None
    while (later := a_year_later(renews_on)) <= programme.closes_on:
        renews_on = later
    return renews_on


# ── Scope ────────────────────────────────────────────────────────────────────────────────────────────
def assignable_by(user: AbstractBaseUser) -> OrganisationQuerySet:
    """The open units in whose name `user` may assign: what they lead, or all for who manages programmes."""
    if isinstance(user, User) and user.has_perm(MANAGES_ALL):
        return Organisation.objects.filter(closed_on=None)
    return led_by(user, ASSIGNING_ROLES).filter(closed_on=None)


def assignable_programmes(today: date) -> QuerySet[Programme]:
    """Programmes that are open and not over."""
    return Programme.objects.filter(state=ProgrammeState.OPEN, closes_on__gte=today).order_by("-opens_on", "pk")


def assignments_seen_by(user: AbstractBaseUser) -> QuerySet[Assignment]:
    """Assignments given in the name of units that `user` may assign for, newest first."""
    found = Assignment.objects.filter(organisation__in=assignable_by(user))
    return found.select_related("programme", "organisation", "given_by").order_by("-given_at", "-pk")


def newest_runs(assignments: Sequence[Assignment]) -> dict[int, AssignmentRun]:
    """{assignment id: its newest pass}. One statement."""
    rows = AssignmentRun.objects.filter(assignment__in=assignments).order_by("pk")
    return {row.assignment_id: row for row in rows}


def running_today(today: date) -> list[Assignment]:
    """Assignments that take in newcomers today."""
    found = Assignment.objects.filter(
        state=AssignmentState.RUNNING, programme__state=ProgrammeState.OPEN, programme__closes_on__gte=today
    )
    return list(found.select_related("programme", "organisation").order_by("pk"))


def people_assignable_by(user: AbstractBaseUser, words: str) -> QuerySet[User]:
    """People with home in the units of `assignable_by` whose name, username or employee number is `words`."""
    home = Membership.objects.current().filter(
        user_id=OuterRef("pk"), is_home=True, organisation__in=assignable_by(user)
    )
    match = Q(name=words) | Q(username=words) | Q(employee_number=words)
    return User.objects.filter(match, Exists(home)).order_by("pk")


def people_called(unit: Organisation, names: Sequence[str]) -> dict[str, list[User]]:
    """{name: the people with home in `unit` or below who have it as username, employee number or name}. One
    statement."""
    home = Membership.objects.current().filter(
        user_id=OuterRef("pk"), is_home=True, organisation__in=Organisation.objects.within(unit)
    )
    match = Q(name__in=names) | Q(username__in=names) | Q(employee_number__in=names)
    people = list(User.objects.filter(match, Exists(home)).order_by("pk"))
    return {name: [p for p in people if name in (p.name, p.username, p.employee_number)] for name in names}


def highest_assignable(user: AbstractBaseUser, limit: int = 200) -> list[Organisation]:
    """Where `user` may begin to assign: the units without one above them that they may assign for, too."""
    units = assignable_by(user)
    return list(units.exclude(parent__in=units.values("pk")).order_by("order", "name", "pk")[:limit])


def allowances_seen_by(user: AbstractBaseUser) -> QuerySet[Allowance]:
    """Exceptions for people with home in the units of `assignable_by`, those in force first."""
    home = Membership.objects.current().filter(
        user_id=OuterRef("user_id"), is_home=True, organisation__in=assignable_by(user)
    )
    found = Allowance.objects.filter(Exists(home)).select_related("programme", "user", "granted_by")
    return found.order_by(F("ended_at").desc(nulls_first=True), "-granted_at", "-pk")


def enrolled_by(assignment: Assignment) -> dict[str, int]:
    """How many people an assignment has in it now: all, and those who are through. One statement."""
    rows = Enrolment.objects.filter(assignment=assignment, state=EnrolmentState.ACTIVE)
    return rows.aggregate(all=Count("pk"), finished=Count("finished_at"))
