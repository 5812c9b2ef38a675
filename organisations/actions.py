"""Build the tree and say who belongs where."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from organisations.models import GuardianConsent, Membership, Organisation, Role


@transaction.atomic
def create_organisation(
    *, by: AbstractBaseUser | None, kind: str, name: str, parent: Organisation | None = None, **fields: Any
) -> Organisation:
    """Add a unit below `parent` (None: a root). Raises ValidationError if a field is wrong."""
    unit = Organisation(kind=kind, name=name, parent=parent, **fields)
    unit.full_clean()
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    record(action="organisations.create_organisation", actor=by, target=f"organisations.Organisation:{unit.pk}")
    return unit


@transaction.atomic
def add_membership(
    *,
    by: AbstractBaseUser | None,
    user: User,
    organisation: Organisation,
    role: str = Role.MEMBER,
    is_home: bool = False,
    from_on: date | None = None,
    **fields: Any,
) -> Membership:
    """Let `user` belong to `organisation`. A new home unit ends nothing: end the old membership first.

    Raises IntegrityError if the person already holds this role there, or has another home unit.
    """
    membership = Membership.objects.create(
        user=user,
        organisation=organisation,
        role=role,
        is_home=is_home,
        from_on=from_on or timezone.localdate(),
        **fields,
    )
    record(
        action="organisations.add_membership",
        actor=by,
        target=f"organisations.Membership:{membership.pk}",
        details={"user": user.pk, "organisation": organisation.pk, "role": role},
    )
    return membership


class MembershipEnded(ValueError):
    """The membership had already ended."""


@transaction.atomic
def end_membership(*, by: AbstractBaseUser | None, membership: Membership, on: date | None = None) -> None:
    """End a membership. Raises MembershipEnded if it had ended already."""
    changed = Membership.objects.filter(pk=membership.pk, until_on=None).update(until_on=on or timezone.localdate())
    if not changed:
        raise MembershipEnded(membership.pk)
    record(
        action="organisations.end_membership", actor=by, target=f"organisations.Membership:{membership.pk}", details={}
    )


@transaction.atomic
def record_consent(
    *,
    by: AbstractBaseUser,
    child: User,
    guardian: str,
    method: str,
    text_version: str,
    at: datetime | None = None,
) -> GuardianConsent:
    """Record a guardian's consent and let the child's account become active."""
    consent = GuardianConsent.objects.create(
        user=child,
        guardian=guardian,
        method=method,
        text_version=text_version,
        given_at=at or timezone.now(),
        recorded_by_id=by.pk,
    )
    User.objects.filter(pk=child.pk).update(is_active=True)
    record(action="organisations.record_consent", actor=by, target=f"accounts.User:{child.pk}")
    return consent
