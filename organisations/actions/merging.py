"""One unit takes another in: people, units below and duties move, the other is closed and remembers where it went."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from foundation.audit.actions import record
from organisations import registry
from organisations.actions.history import note
from organisations.actions.tree import move_organisation
from organisations.models import EventKind, Membership, Organisation

PORTION = 500


class CannotMerge(ValueError):
    """The units are the same, one of them is closed, or the one that stays lies below the one that goes."""


@transaction.atomic
def merge_organisations(
    *, by: AbstractBaseUser | None, organisation: Organisation, into: Organisation, on: date | None = None
) -> int:
    """Close `organisation` and let everybody there belong to `into`, in the same roles; returns how many people moved.

    Old memberships end, so that history stays. Raises CannotMerge.
    """
    ids = [organisation.pk, into.pk]
    rows = {row.pk: row for row in Organisation.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    gone, stays = rows[organisation.pk], rows[into.pk]
    if gone.pk == stays.pk or gone.closed_on or stays.closed_on or (stays.path or "").startswith(gone.path or "-"):
        raise CannotMerge(gone.pk)
    day = on or timezone.localdate()
    for child in Organisation.objects.filter(parent=gone, closed_on=None).order_by("order", "pk"):
        move_organisation(by=by, organisation=child, parent=stays)
    moved = _move_people(gone, stays, day)
    Organisation.objects.filter(pk=gone.pk).update(closed_on=day, merged_into=stays)
    record(
        action="organisations.merge_organisations",
        actor=by,
        target=f"organisations.Organisation:{gone.pk}",
        details={"into": stays.pk, "people": moved},
    )
    note(EventKind.MERGED, gone, by, {}, {"into": stays.name, "people": moved})
    note(EventKind.ABSORBED, stays, by, {}, {"unit": gone.name, "people": moved})
    return moved


def _move_people(gone: Organisation, stays: Organisation, day: date) -> int:
    """Memberships of the same kind in the unit that stays. Whoever has the same role there already keeps that one."""
    held = {(member.user_id, member.role): member for member in Membership.objects.current().filter(organisation=stays)}
    people: set[int] = set()
    while leaving := list(Membership.objects.current().filter(organisation=gone).order_by("pk")[:PORTION]):
        made: list[Membership] = []
        homes: list[Membership] = []
        for member in leaving:
            member.until_on = max(day, member.from_on)
            known = held.get((member.user_id, member.role))
            if known is None:
                made.append(_copy(member, stays, day))
            elif member.is_home:
                known.is_home = True
                homes.append(known)
        Membership.objects.bulk_update(leaving, ["until_on"])
        Membership.objects.bulk_create(made)
        Membership.objects.bulk_update(homes, ["is_home"])
        registry.members_changed(sorted({member.user_id for member in leaving}))
        people |= {member.user_id for member in leaving}
    return len(people)


def _copy(member: Membership, unit: Organisation, day: date) -> Membership:
    return Membership(
        user_id=member.user_id,
        organisation=unit,
        role=member.role,
        position=member.position,
        profession_id=member.profession_id,
        seat=member.seat,
        is_home=member.is_home,
        from_on=day,
        ends_on=max(day, member.ends_on) if member.ends_on else None,
    )
