"""Duties change hands, identities are confirmed, and the list of key professions is kept complete."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from notifications.actions import notify
from organisations import registry
from organisations.actions.history import note
from organisations.models import EventKind, IdentityConfirmation, Membership, Profession, Role
from organisations.presets import PROFESSIONS


class NotHolding(ValueError):
    """Nobody holds this duty by this membership any more."""


class AlreadyHolds(ValueError):
    """The successor has this duty in this unit already, or is the one who hands it over."""


@transaction.atomic
def hand_over(*, by: AbstractBaseUser, membership: Membership, successor: User, message: str = "") -> Membership:
    """End a duty (coordinator, manager, class teacher) and give it to somebody else, who is told what waits.

    Whoever was at home in the unit by this very membership stays there as a member. Raises NotHolding or AlreadyHolds.
    """
    found = Membership.objects.select_for_update(of=("self",)).select_related("user", "organisation")
    old = found.get(pk=membership.pk)
    if old.until_on is not None or old.role in (Role.MEMBER, Role.REPORTER):
        raise NotHolding(old.pk)
    unit, today = old.organisation, timezone.localdate()
    same = Membership.objects.current().filter(user=successor, organisation=unit, role=old.role)
    if successor.pk == old.user_id or not successor.is_active or same.exists():
        raise AlreadyHolds(successor.pk)
    tasks = registry.tasks_of(old.user, unit)
    Membership.objects.filter(pk=old.pk).update(until_on=max(today, old.from_on), is_home=False)
    new = Membership.objects.create(user=successor, organisation=unit, role=old.role, from_on=today)
    if old.is_home:
        _keep_home(old)
    record(
        action="organisations.hand_over",
        actor=by,
        target=f"organisations.Membership:{new.pk}",
        details={"from": old.user_id, "to": successor.pk, "organisation": unit.pk, "role": old.role},
    )
    words = {"role": str(Role(old.role).label), "from": old.user.get_full_name(), "to": successor.get_full_name()}
    note(EventKind.HANDED_OVER, unit, by, {"who": words["from"], "role": old.role}, {"who": words["to"]})
    _tell(old, new, tasks, message)
    registry.members_changed([old.user_id, successor.pk])
    return new


def _keep_home(old: Membership) -> None:
    """The person stays at home in the unit, without the duty."""
    member, made = Membership.objects.get_or_create(
        user_id=old.user_id,
        organisation_id=old.organisation_id,
        role=Role.MEMBER,
        until_on=None,
        defaults={"is_home": True, "position": old.position, "from_on": timezone.localdate()},
    )
    if not made:
        Membership.objects.filter(pk=member.pk).update(is_home=True)


def _tell(old: Membership, new: Membership, tasks: Sequence[str], message: str) -> None:
    words = {"unit": new.organisation.name, "role": Role(new.role).label, "who": old.user.get_full_name()}
    body = "\n".join(part for part in (message.strip(), *tasks) if part)
    subject = _("You are now %(role)s of %(unit)s, taking over from %(who)s") % words
    notify(user=new.user, kind="organisations.hand_over", subject=subject, body=body, url="/organisations/")
    words["who"] = new.user.get_full_name()
    subject = _("Your duty as %(role)s of %(unit)s has gone to %(who)s") % words
    notify(user=old.user, kind="organisations.hand_over", subject=subject)


@transaction.atomic
def confirm_identities(*, by: AbstractBaseUser, users: Sequence[User], at: datetime | None = None) -> int:
    """Note down that these accounts belong to the people whom they name; returns how many were not confirmed yet."""
    done = set(IdentityConfirmation.objects.filter(user__in=users, withdrawn_at=None).values_list("user_id", flat=True))
    fresh = [user for user in users if user.pk not in done]
    now = at or timezone.now()
    IdentityConfirmation.objects.bulk_create(
        IdentityConfirmation(user=user, confirmed_by_id=by.pk, confirmed_at=now) for user in fresh
    )
    record(
        action="organisations.confirm_identities",
        actor=by,
        target="accounts.User:*",
        details={"users": [user.pk for user in fresh]},
    )
    return len(fresh)


@transaction.atomic
def withdraw_confirmation(*, by: AbstractBaseUser, user: User) -> bool:
    """Take a confirmation back; False if there is none in force."""
    changed = IdentityConfirmation.objects.filter(user=user, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_by_id=by.pk
    )
    record(
        action="organisations.withdraw_confirmation",
        actor=by,
        target=f"accounts.User:{user.pk}",
        succeeded=bool(changed),
    )
    return bool(changed)


@transaction.atomic
def save_profession(*, by: AbstractBaseUser, profession: Profession, **fields: Any) -> Profession:
    """Add a key profession or change one. Raises ValidationError if a field is wrong."""
    for name, value in fields.items():
        setattr(profession, name, value)
    profession.full_clean()
    profession.save()
    record(action="organisations.save_profession", actor=by, target=f"organisations.Profession:{profession.pk}")
    return profession


def set_up_professions(*, using: str = "default") -> int:
    """Add those key professions of the national guideline that the list does not have; returns how many."""
    known = set(Profession.objects.using(using).values_list("code", flat=True))
    missing = [
        Profession(code=code, name=name, order=order)
        for order, (code, name) in enumerate(PROFESSIONS, 1)
        if code not in known
    ]
    return len(Profession.objects.using(using).bulk_create(missing))
