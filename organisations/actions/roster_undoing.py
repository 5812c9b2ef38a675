"""Take an import back: new people go, changed ones get back what they had, leavers belong again."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from organisations import registry
from organisations.actions.roster_people import USER_FIELDS
from organisations.actions.roster_reading import NotNow
from organisations.models import (
    Membership,
    Organisation,
    RosterColumns,
    RosterImport,
    RosterLeaver,
    RosterRow,
    RosterState,
)

UNDO_JOB = "organisations.roster_apply"  # the same job goes on with both
AT_ONCE = 500


class CannotUndo(ValueError):
    """Somebody was changed since; `names` are the first of them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        super().__init__(names)


@transaction.atomic
def undo_roster(*, by: AbstractBaseUser | None, roster: RosterImport) -> None:
    """Take everything that an import did back: all of it or nothing.

    Raises NotNow, also for an import whose rows are forgotten, or CannotUndo if somebody was changed since.
    """
    found = RosterImport.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=roster.pk)
    if found.state != RosterState.APPLIED or not found.rows.exists():
        raise NotNow(found.state)
    if RosterImport.objects.filter(organisation=found.organisation, state=RosterState.APPLYING).exists():
        raise NotNow("busy")
    touched = _touched(found)
    if touched:
        raise CannotUndo(touched)
    found.state, found.done = RosterState.UNDOING, 0
    found.expected = _applied(found).count() + _gone(found).count()
    found.save()
    record(
        action="organisations.undo_roster",
        actor=by,
        target=f"organisations.RosterImport:{found.pk}",
        details={"organisation": found.organisation_id, "rows": found.expected},
    )
    if found.expected > AT_ONCE:
        enqueue(kind=UNDO_JOB, payload={"roster": found.pk})
        return
    while found.state == RosterState.UNDOING:
        take_out(found, AT_ONCE)
    found.save()


def _applied(roster: RosterImport) -> models.QuerySet[RosterRow]:
    return roster.rows.filter(is_applied=True).select_related("person").order_by("-order")


def _gone(roster: RosterImport) -> models.QuerySet[RosterLeaver]:
    return roster.leavers.filter(ended__isnull=False).select_related("membership__user").order_by("pk")


def _touched(roster: RosterImport) -> list[str]:
    """Names of people who are not as the import left them, at most ten."""
    names: list[str] = []
    last = 0
    while rows := list(
        roster.rows.filter(is_applied=True, order__gt=last).select_related("person").order_by("order")[:500]
    ):
        last = rows[-1].order
        current = set(_current([pk for row in rows for pk in (row.before or {}).get("made", ())]))
        names += [row.name for row in rows if not _untouched(row, current)]
    rejoined = set(_gone(roster).values_list("membership__user", flat=True))
    homes = Membership.objects.current().filter(is_home=True, user__in=rejoined).select_related("user")
    return [*names, *(membership.user.get_full_name() for membership in homes[:10])][:10]


def _current(memberships: Sequence[int]) -> list[int]:
    return list(Membership.objects.current().filter(pk__in=memberships).values_list("pk", flat=True))


def _untouched(row: RosterRow, current: set[int]) -> bool:
    before, person = row.before or {}, row.person
    if person is None or not set(before.get("made", ())) <= current:
        return False
    fields = {name: pair for name, pair in before.get("fields", {}).items() if name in USER_FIELDS}
    return all((getattr(person, name) or None) == (new or None) for name, (_old, new) in fields.items())


def take_out(roster: RosterImport, portion: int) -> None:
    """One portion. Raises CannotUndo if something else has taken what somebody would get back."""
    Organisation.objects.select_for_update().get(pk=roster.organisation_id)
    leavers = list(_gone(roster)[:portion])
    rows = [] if leavers else list(_applied(roster)[:portion])
    try:
        with transaction.atomic():
            _bring_back(leavers)
            _restore(rows)
    except IntegrityError:
        raise CannotUndo([row.name for row in rows[:10]]) from None
    roster.done += len(leavers) + len(rows)
    if not leavers and not rows:
        _remove_units(roster)
        _end(roster)


def _end(roster: RosterImport) -> None:
    if roster.is_rolled_back:
        roster.state, roster.error, roster.done = RosterState.PREVIEW, "changed-meanwhile", 0
        roster.applied_at = roster.applied_by = None
    else:
        roster.state = RosterState.UNDONE


def _bring_back(leavers: Sequence[RosterLeaver]) -> None:
    ended = [pk for leaver in leavers for pk in leaver.ended or ()]
    Membership.objects.filter(pk__in=ended).update(until_on=None)
    for leaver in leavers:
        leaver.ended = None
    RosterLeaver.objects.bulk_update(leavers, ["ended"])
    registry.members_changed([leaver.membership.user_id for leaver in leavers])


def _restore(rows: Sequence[RosterRow]) -> None:
    """Memberships first, then accounts."""
    befores = [row.before or {} for row in rows]
    Membership.objects.filter(pk__in=[pk for before in befores for pk in before.get("made", ())]).delete()
    for before in befores:
        for pk, old in before.get("kept", {}).items():
            Membership.objects.filter(pk=pk).update(**old)
    ended = [pk for before in befores for pk in before.get("ended", ())]
    Membership.objects.filter(pk__in=ended).update(until_on=None)
    people = [row.person_id for row in rows if row.person_id]
    _restore_accounts(rows)
    opened = [row.person_id for row in rows if row.person_id and (row.before or {}).get("opened")]
    RosterRow.objects.filter(pk__in=[row.pk for row in rows]).update(is_applied=False, before=None)
    _close_accounts(opened)
    registry.members_changed([pk for pk in people if pk not in set(opened)])


def _restore_accounts(rows: Sequence[RosterRow]) -> None:
    changed = []
    for row in rows:
        before, user = row.before or {}, row.person
        if user is None or before.get("opened") or not before.get("fields"):
            continue
        for name, (old, _new) in before["fields"].items():
            if name == "id":
                user.id_digest, user.id_mask = None, ""
            else:
                setattr(user, name, "" if old is None and name in ("name", "email") else old)
        changed.append(user)
    User.objects.bulk_update(changed, [*USER_FIELDS, "id_digest", "id_mask"])


def _close_accounts(opened: Sequence[int]) -> None:
    """Accounts that the import opened: removed if nothing else knows them, else closed and without numbers."""
    known = _referred_to(opened)
    gone = [pk for pk in opened if pk not in known]
    RosterRow.objects.filter(person__in=gone).update(person=None)
    User.objects.filter(pk__in=gone).delete()
    User.objects.filter(pk__in=known).update(
        is_active=False, employee_number=None, phone=None, email="", id_digest=None, id_mask=""
    )


def _referred_to(users: Sequence[int]) -> set[int]:
    """Those of `users` to whom rows of any other table point: enrolments, letters, attempts."""
    found: set[int] = set()
    own: set[Any] = {RosterRow, RosterImport, RosterColumns}
    for relation in User._meta.get_fields(include_hidden=True):
        other: Any = relation.related_model
        foreign = relation.auto_created and not relation.concrete and not relation.many_to_many
        if foreign and other not in own and not other._meta.auto_created:
            name = relation.field.attname  # type: ignore[union-attr]
            found |= set(other._default_manager.filter(**{f"{name}__in": users}).values_list(name, flat=True))
    return found


def _remove_units(roster: RosterImport) -> None:
    """Units that the import made and that stayed empty; one that is used stays."""
    for pk in reversed(roster.made_units):
        used = (
            Organisation.objects.filter(parent=pk).exists()
            or Membership.objects.filter(organisation=pk).exists()
            or RosterImport.objects.filter(organisation=pk).exists()
        )
        if used:
            continue
        try:
            with transaction.atomic():
                Organisation.objects.filter(pk=pk).delete()
        except (models.ProtectedError, models.RestrictedError):
            Organisation.objects.filter(pk=pk, closed_on=None).update(closed_on=timezone.localdate())
    roster.made_units = []
