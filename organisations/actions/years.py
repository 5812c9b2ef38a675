"""A new school year in one step: grades go up by name, the last one leaves and is archived; and back again."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.audit.actions import record
from organisations import registry
from organisations.actions.history import note
from organisations.actions.roster_undoing import CannotUndo
from organisations.importers.years import same_name
from organisations.models import EventKind, Kind, Membership, Organisation, SchoolYearTurn
from organisations.queries.years import LEAVE, STAY, UP, GradePlan, year_plan


class NoSchool(ValueError):
    """Only an open school has school years."""


class TurnedAlready(ValueError):
    """This school has begun this year's new school year already."""


class NamesClash(ValueError):
    """Two grades would bear the same name."""


@transaction.atomic
def turn_year(
    *, by: AbstractBaseUser | None, school: Organisation, decisions: dict[int, str], on: date | None = None
) -> SchoolYearTurn:
    """Begin a new school year. `decisions` are {grade: up, leave or stay} for every grade.

    Grades and classes that go up are renamed and keep their pupils, codes and teachers. Those that leave are closed
    under the name of their year, and every membership there ends. Raises NoSchool, TurnedAlready or NamesClash.
    """
    day = on or timezone.localdate()
    found = Organisation.objects.select_for_update().get(pk=school.pk)
    if found.kind != Kind.SCHOOL or found.closed_on:
        raise NoSchool(found.pk)
    plans = year_plan(found, decisions)
    _refuse_clash(plans)
    turn = SchoolYearTurn(school=found, year=day.year, turned_on=day, made_at=timezone.now(), made_by_id=_pk(by))
    try:
        with transaction.atomic():
            turn.save()
    except IntegrityError:
        raise TurnedAlready(found.pk) from None
    changes: dict[str, Any] = {"renamed": [], "closed": [], "ended": []}
    for plan in plans:
        if plan.what == UP:
            _raise(plan, changes)
        elif plan.what == LEAVE:
            _archive(plan, changes, day)
    turn.changes = changes
    turn.save(update_fields=["changes"])
    counts = {"raised": sum(p.what == UP for p in plans), "left": len(changes["ended"])}
    record(
        action="organisations.turn_year",
        actor=by,
        target=f"organisations.SchoolYearTurn:{turn.pk}",
        details={"school": found.pk, **counts},
    )
    note(EventKind.YEAR, found, by, {}, counts)
    return turn


def _pk(by: AbstractBaseUser | None) -> int | None:
    return by.pk if by else None


def _refuse_clash(plans: Sequence[GradePlan]) -> None:
    staying = [plan.new_name for plan in plans if plan.what in (UP, STAY)]
    for place, name in enumerate(staying):
        if any(same_name(name, other) for other in staying[:place]):
            raise NamesClash(name)


def _raise(plan: GradePlan, changes: dict[str, Any]) -> None:
    """New names; the order follows."""
    for unit, name in [(plan.grade, plan.new_name), *plan.classes]:
        if name != unit.name:
            changes["renamed"].append([unit.pk, unit.name, name])
            Organisation.objects.filter(pk=unit.pk).update(name=name)


def _archive(plan: GradePlan, changes: dict[str, Any], day: date) -> None:
    """Closed under the name of their year; everybody there belongs there no more."""
    units = [plan.grade, *(unit for unit, _name in plan.classes)]
    for unit in units:
        name = f"{day.year}届{unit.name}"[:120]
        changes["renamed"].append([unit.pk, unit.name, name])
        Organisation.objects.filter(pk=unit.pk).update(name=name, closed_on=day)
        changes["closed"].append(unit.pk)
    members = list(Membership.objects.current().filter(organisation__in=units))
    for member in members:
        member.until_on = max(day, member.from_on)
    Membership.objects.bulk_update(members, ["until_on"], batch_size=500)
    changes["ended"] += [member.pk for member in members]
    registry.members_changed(sorted({member.user_id for member in members}))


@transaction.atomic
def undo_year(*, by: AbstractBaseUser, turn: SchoolYearTurn) -> None:
    """Take a new school year back: names, units and memberships are as before.

    Raises CannotUndo with the names of units or people that were changed since, or if it was taken back already.
    """
    found = SchoolYearTurn.objects.select_for_update(of=("self",)).select_related("school").get(pk=turn.pk)
    if found.undone_at:
        raise CannotUndo([])
    touched = _touched(found)
    if touched:
        raise CannotUndo(touched)
    for pk, old, _new in found.changes["renamed"]:
        Organisation.objects.filter(pk=pk).update(name=old)
    Organisation.objects.filter(pk__in=found.changes["closed"]).update(closed_on=None)
    ended = Membership.objects.filter(pk__in=found.changes["ended"])
    ended.update(until_on=None)
    registry.members_changed(sorted(set(ended.values_list("user_id", flat=True))))
    found.undone_at, found.undone_by_id = timezone.now(), by.pk
    found.save(update_fields=["undone_at", "undone_by"])
    record(action="organisations.undo_year", actor=by, target=f"organisations.SchoolYearTurn:{found.pk}")
    note(EventKind.YEAR, found.school, by, {"raised": len(found.changes["renamed"])}, {})


def _touched(turn: SchoolYearTurn) -> list[str]:
    """Units that bear another name since or were opened again, and leavers who are at home elsewhere."""
    renamed = {pk: new for pk, _old, new in turn.changes["renamed"]}
    units = Organisation.objects.filter(pk__in=renamed)
    closed = set(turn.changes["closed"])
    names = [u.name for u in units if u.name != renamed[u.pk] or (u.pk in closed and u.closed_on != turn.turned_on)]
    left = Membership.objects.filter(pk__in=turn.changes["ended"])
    homes = Membership.objects.current().filter(is_home=True, user__in=left.filter(is_home=True).values("user"))
    names += [member.user.get_full_name() for member in homes.select_related("user")[:10]]
    return names[:10]
