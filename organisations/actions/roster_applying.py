"""Put a roster in: new people, changes, leavers. All of it or only the right rows, in portions that survive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone

from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from organisations import registry
from organisations.actions.roster_people import put_in
from organisations.actions.roster_reading import NotNow, UnitGone, _drop_file, settle
from organisations.actions.roster_telling import tell_of_roster
from organisations.actions.roster_undoing import take_out
from organisations.actions.tree import create_organisation
from organisations.models import (
    Membership,
    Organisation,
    RosterImport,
    RosterLeaver,
    RosterRow,
    RosterState,
    RowStatus,
)
from organisations.queries.matching import Plan, Planner, candidates_of
from organisations.queries.places import kind_below

PORTION = 500
APPLY_JOB = "organisations.roster_apply"
MEANWHILE = "changed-meanwhile"
TO_PUT_IN = (RowStatus.NEW, RowStatus.CHANGED)


class NothingToApply(ValueError):
    """No row is new or changed and nobody leaves."""


class HasErrors(ValueError):
    """Rows are wrong, and only the right ones were not asked for."""


@transaction.atomic
def apply_roster(
    *,
    by: AbstractBaseUser | None,
    roster: RosterImport,
    valid_only: bool = False,
    leavers: Sequence[int] = (),
    at: datetime | None = None,
) -> None:
    """Put an import in: at once if it is small, else in the background. `leavers` are the ticked ones.

    If people or units have changed since the preview, nothing is put in: the import is in preview again, as things
    are now, and its error says so. Raises NotNow, UnitGone, HasErrors or NothingToApply.
    """
    found = RosterImport.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=roster.pk)
    _refuse_not_now(found)
    if not valid_only and found.rows.filter(status=RowStatus.ERROR).exists():
        raise HasErrors(found.pk)
    found.leavers.update(is_chosen=False)
    leaving = found.leavers.filter(pk__in=leavers).update(is_chosen=True)
    waiting = _waiting(found).count()
    if not waiting and not leaving:
        raise NothingToApply(found.pk)
    found.state, found.is_valid_only, found.is_rolled_back = RosterState.APPLYING, valid_only, False
    found.error, found.done, found.expected = "", 0, waiting + leaving
    found.applied_by_id, found.applied_at = by.pk if by else None, at or timezone.now()
    found.save()
    record(
        action="organisations.apply_roster",
        actor=by,
        target=f"organisations.RosterImport:{found.pk}",
        details={"organisation": found.organisation_id, "rows": waiting, "leavers": leaving, "valid_only": valid_only},
    )
    if found.expected > PORTION:
        enqueue(kind=APPLY_JOB, payload={"roster": found.pk})
    else:
        _at_once(found)


def _refuse_not_now(roster: RosterImport) -> None:
    if roster.state != RosterState.PREVIEW:
        raise NotNow(roster.state)
    if roster.organisation.closed_on:
        raise UnitGone(roster.organisation_id)
    if RosterImport.objects.filter(organisation=roster.organisation, state__in=_AT_WORK).exists():
        raise NotNow("busy")


_AT_WORK = (RosterState.APPLYING, RosterState.UNDOING)


def _at_once(roster: RosterImport) -> None:
    payload = {"roster": roster.pk}
    for _round in range(6):
        continue_roster(payload=payload, result=check_roster(payload=payload), at_once=True)
        roster.refresh_from_db()
        if roster.state not in _AT_WORK:
            break


def check_roster(*, payload: dict[str, Any]) -> list[int]:
    """The slow half of the first portion: which rows (by number) are no longer as the person saw them."""
    roster = RosterImport.objects.select_related("organisation").get(pk=payload["roster"])
    if roster.state != RosterState.APPLYING or roster.done or roster.is_valid_only:
        return []
    planner = Planner(roster.organisation, makes_units=roster.makes_units)
    found: list[int] = []
    last = 0
    while rows := list(_waiting(roster).filter(order__gt=last)[:PORTION]):
        last = rows[-1].order
        plans = planner.plans(candidates_of(rows))
        found += [row.order for row, plan in zip(rows, plans, strict=True) if not is_same(row, plan)]
    return found


def is_same(row: RosterRow, plan: Plan) -> bool:
    """Whether a row would do what its preview said. A unit that it asked to make may be there by now."""
    said, now = dict(row.changes), dict(plan.changes)
    if isinstance(said.get("unit", [0, 0])[1], str):
        del said["unit"]
        now.pop("unit", None)
    person = plan.person.pk if plan.person else None
    unit = plan.place.unit.pk if plan.place.unit and not plan.place.missing else None
    return (row.status, row.person_id, said) == (plan.status, person, now) and row.unit_id in (None, unit)


@transaction.atomic
def continue_roster(*, payload: dict[str, Any], result: list[int], at_once: bool = False) -> None:
    """One portion of putting in or taking back, and a job for the next one. Repeating it does no harm."""
    locked = RosterImport.objects.select_for_update(of=("self",)).select_related("organisation")
    roster = locked.get(pk=payload["roster"])
    person = roster.applied_by or roster.uploaded_by
    if roster.state == RosterState.APPLYING:
        _apply_portion(roster, result)
    elif roster.state == RosterState.UNDOING:
        take_out(roster, PORTION)
    else:
        return
    roster.save()
    if at_once:
        return
    if roster.state in _AT_WORK:
        enqueue(kind=APPLY_JOB, payload=payload)
    else:
        tell_of_roster(roster=roster, person=person)


def _waiting(roster: RosterImport) -> models.QuerySet[RosterRow]:
    waiting = roster.rows.filter(status__in=TO_PUT_IN, is_applied=False)
    return waiting.select_related("person", "unit").order_by("order")


def _apply_portion(roster: RosterImport, conflicts: Sequence[int]) -> None:
    """Rows first, then leavers; then it is done."""
    Organisation.objects.select_for_update().get(pk=roster.organisation_id)
    if conflicts or roster.organisation.closed_on:
        _show_again(roster, conflicts)
        return
    if not roster.done and roster.makes_units:
        _make_units(roster)
    rows = list(_waiting(roster)[:PORTION])
    if rows:
        good, changed = _still_right(roster, rows)
        if changed and not roster.is_valid_only:
            roster.state, roster.is_rolled_back = RosterState.UNDOING, True
            return
        registry.members_changed(put_in(roster, good))
        roster.done += len(rows)
        return
    if not _end_leavers(roster):
        roster.state = RosterState.APPLIED
        _drop_file(roster)


def _show_again(roster: RosterImport, conflicts: Sequence[int]) -> None:
    """Back to the preview, as things are now. Nothing was put in."""
    roster.state, roster.error, roster.done = RosterState.PREVIEW, MEANWHILE, 0
    roster.applied_at = roster.applied_by = None
    for start in range(0, len(conflicts), PORTION):
        _still_right(roster, list(roster.rows.filter(order__in=conflicts[start : start + PORTION])))


def _still_right(roster: RosterImport, rows: Sequence[RosterRow]) -> tuple[list[tuple[RosterRow, Plan]], bool]:
    """The rows that still mean what they meant, with their plans; the others are brought up to date and marked."""
    planner = Planner(roster.organisation, makes_units=roster.makes_units)
    good, changed = [], []
    for row, plan in zip(rows, planner.plans(candidates_of(rows)), strict=True):
        if is_same(row, plan):
            good.append((row, plan))
        else:
            settle(row, plan)
            if roster.state == RosterState.APPLYING:  # nobody has seen what it would do now
                row.status, row.changes, row.reasons = RowStatus.ERROR, {}, [MEANWHILE, *plan.reasons]
            changed.append(row)
    RosterRow.objects.bulk_update(changed, ["status", "reasons", "changes", "person", "unit"])
    return good, bool(changed)


def _make_units(roster: RosterImport) -> None:
    """Grades, classes and sections that the file names and nobody has made yet."""
    planner = Planner(roster.organisation, makes_units=True)
    wanted = {tuple(parts) for parts in _waiting(roster).filter(unit=None).values_list("parts", flat=True)}
    for parts in sorted(wanted, key=len):
        place = planner.places.find(parts)
        if not place.missing or place.unit is None:
            continue
        above = place.unit
        for name in place.missing:
            kind = kind_below(above.kind, name)
            above = create_organisation(by=roster.applied_by, kind=kind, name=name, parent=above)
            roster.made_units.append(above.pk)
        planner = Planner(roster.organisation, makes_units=True)


def _end_leavers(roster: RosterImport) -> int:
    """End what ticked people hold in the organisation; returns how many were ended now."""
    waiting = roster.leavers.filter(is_chosen=True, ended__isnull=True).select_related("membership").order_by("pk")
    leavers = list(waiting[:PORTION])
    day = timezone.localdate()
    by_user = {leaver.membership.user_id: leaver for leaver in leavers if leaver.membership.until_on is None}
    held = Membership.objects.current().filter(
        user__in=by_user, organisation__path__startswith=roster.organisation.path or "-"
    )
    ended = list(held)
    ids: dict[int, list[int]] = {user: [] for user in by_user}
    for membership in ended:
        membership.until_on = max(day, membership.from_on)
        ids[membership.user_id].append(membership.pk)
    for leaver in leavers:
        leaver.ended = ids.get(leaver.membership.user_id, [])
    Membership.objects.bulk_update(ended, ["until_on"])
    RosterLeaver.objects.bulk_update(leavers, ["ended"])
    registry.members_changed(list(by_user))
    roster.done += len(leavers)
    return len(leavers)
