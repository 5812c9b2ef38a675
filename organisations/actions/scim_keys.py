"""Keys with which personnel systems keep people."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from foundation.machinekeys import new_key, opened
from organisations.models import Organisation, ScimKey
from organisations.queries.scim import scim_key

KEY_DAYS, OVERLAP_DAYS = 365, 7


class KeyEnded(ValueError):
    """The key was revoked, or has expired, before."""


@transaction.atomic
def create_scim_key(
    *,
    by: User | None,
    organisation: Organisation,
    name: str,
    may_write: bool = True,
    days: int = KEY_DAYS,
    at: datetime | None = None,
) -> tuple[ScimKey, str]:
    """Make a key for the people of a unit and below; returns it with its text, shown once and kept nowhere."""
    moment, new = at or timezone.now(), new_key()
    key = ScimKey.objects.create(
        prefix=new.prefix,
        secret_sha256=new.secret_sha256,
        organisation=organisation,
        name=name,
        may_write=may_write,
        created_by=by,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    record(action="organisations.create_scim_key", actor=by, target=f"organisations.ScimKey:{key.pk}")
    return key, new.text


@transaction.atomic
def rotate_scim_key(*, by: User | None, key: ScimKey, at: datetime | None = None) -> tuple[ScimKey, str]:
    """Make a key like `key`, which itself holds for another week. Raises KeyEnded."""
    moment = at or timezone.now()
    last = moment + timedelta(days=OVERLAP_DAYS)
    in_force = ScimKey.objects.filter(pk=key.pk, revoked_at=None, expires_at__gt=moment)
    if not in_force.exists():
        raise KeyEnded(key.prefix)
    in_force.filter(Q(expires_at__gt=last)).update(expires_at=last)
    record(action="organisations.rotate_scim_key", actor=by, target=f"organisations.ScimKey:{key.pk}")
    return create_scim_key(by=by, organisation=key.organisation, name=key.name, may_write=key.may_write, at=moment)


@transaction.atomic
def revoke_scim_key(*, by: User | None, key: ScimKey, at: datetime | None = None) -> bool:
    """End a key at once; False if it was ended before."""
    changed = ScimKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at or timezone.now())
    if changed:
        record(action="organisations.revoke_scim_key", actor=by, target=f"organisations.ScimKey:{key.pk}")
    return bool(changed)


def open_scim_key(*, text: str, at: datetime | None = None) -> ScimKey:
    """The key behind what a system sent. Raises UnknownKey."""
    moment = at or timezone.now()
    return opened(text, lambda prefix: scim_key(prefix, moment))
