"""Open, change and close accounts, and note down who signs in."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.locks import (
    note_failed_sign_in,
    note_sign_in,
    prune_failures,
    reset_factors,
    unlock_account,
)
from accounts.models import SignInFailures, User
from foundation.audit.actions import Actor, record

__all__ = [
    "activate_account",
    "change_account",
    "create_account",
    "deactivate_account",
    "note_factor",
    "note_failed_sign_in",
    "note_identity",
    "note_password",
    "note_saved",
    "note_session_end",
    "note_sign_in",
    "note_sign_out",
    "prune_failures",
    "refuse_child_without_consent",
    "reset_factors",
    "unlock_account",
]


@transaction.atomic
def create_account(
    *,
    by: Actor | None,
    username: str,
    name: str,
    password: str | None = None,
    password_hash: str = "",
    groups: tuple[str, ...] = (),
    **fields: Any,
) -> User:
    """Open an account; `fields` are email, employee_number, phone, age_class, is_superuser.

    Without a password nobody can sign in with it until one is set. `password_hash` is for many accounts at once that
    share a first password. A child under 14 starts inactive: only a guardian's consent opens the account.
    Raises ValidationError if a field is wrong or taken.
    """
    user = User(username=username, name=name, **fields)
    user.is_active = user.age_class != User.AgeClass.CHILD
    user.is_staff = bool(groups) or user.is_superuser
    user.password = password_hash or make_password(password)
    user.full_clean(exclude=["password", "public_id"], validate_constraints=False)  # the database checks them
    user.save()
    if groups:
        found = list(Group.objects.filter(name__in=groups))
        if len(found) != len(set(groups)):
            raise ValidationError({"groups": _("There is no such group.")})
        user.groups.set(found)
    record(action="accounts.create_account", actor=by, target=_target(user))
    return user


def _target(user: AbstractBaseUser) -> str:
    """How the audit log names a person."""
    return f"accounts.User:{user.pk}"


@transaction.atomic
def deactivate_account(*, by: Actor | None, user: User) -> bool:
    """Close an account: nobody can sign in with it any more. Return False if it was closed already."""
    changed = User.objects.filter(pk=user.pk, is_active=True).update(is_active=False)
    record(action="accounts.deactivate_account", actor=by, target=_target(user), succeeded=bool(changed))
    return bool(changed)


@transaction.atomic
def activate_account(*, by: Actor | None, user: User) -> bool:
    """Open a closed account again. Return False if it was open. Raises ValidationError for a child without consent."""
    refuse_child_without_consent(user, is_active=True)
    changed = User.objects.filter(pk=user.pk, is_active=False).update(is_active=True)
    record(action="accounts.activate_account", actor=by, target=_target(user), succeeded=bool(changed))
    return bool(changed)


@transaction.atomic
def change_account(*, by: Actor | None, user: User, **fields: Any) -> User:
    """Change username, name, employee number, phone or e-mail. Raises ValidationError if one is wrong or taken."""
    before = {name: getattr(user, name) for name in fields}
    for name, value in fields.items():
        setattr(user, name, value)
    user.full_clean(exclude=["password", "public_id"])
    user.save(update_fields=list(fields))
    changed = sorted(name for name, old in before.items() if old != fields[name])
    record(action="accounts.change_account", actor=by, target=_target(user), details={"fields": changed})
    return user


@transaction.atomic
def note_saved(*, by: Actor | None, user: User, created: bool) -> None:
    """Note down that an administrator saved an account in Wagtail's admin, and who may enter there."""
    User.objects.filter(pk=user.pk).update(is_staff=user.has_perm("wagtailadmin.access_admin"))
    verb = "create_account" if created else "change_account"
    record(action=f"accounts.{verb}", actor=by, target=_target(user))


def refuse_child_without_consent(user: User, *, is_active: bool) -> None:
    """Raise ValidationError if this would let a child under 14 sign in without a guardian's consent."""
    if is_active and user.age_class == User.AgeClass.CHILD and not user.has_consent:
        raise ValidationError(_("A child under 14 has no active account before a guardian's consent is recorded."))


def note_sign_out(*, user: User) -> None:
    """Note down that `user` signed out."""
    record(action="accounts.sign_out", actor=user, target=_target(user))


@transaction.atomic
def note_password(*, by: Actor | None, user: User) -> None:
    """Note down that the password of `user` was changed, by themselves or after a reset by e-mail; unlocks."""
    SignInFailures.objects.filter(user=user).delete()
    record(action="accounts.set_password", actor=by, target=_target(user))


def note_factor(*, user: User, verb: str, kind: str, succeeded: bool = True) -> None:
    """Note down that a second factor of `user` was added, removed, renewed or wrongly shown (`verb`)."""
    record(
        action=f"accounts.{verb}_factor", actor=user, target=_target(user), details={"kind": kind}, succeeded=succeeded
    )


def note_identity(*, user: User, provider: str, verb: str) -> None:
    """Note down that `user` was connected with an account at a provider, or no longer (`verb`)."""
    record(action=f"accounts.{verb}_identity", actor=user, target=_target(user), details={"provider": provider})


def note_session_end(*, user: User, why: str) -> None:
    """Note down that the session of `user` came to its limit: "idle" or "age"."""
    record(action="accounts.end_session", actor=user, target=_target(user), details={"why": why})
