"""Keys with which personnel systems keep people."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from foundation.identifiers import random_code
from organisations.models import Organisation, ScimKey
from organisations.queries.scim import scim_key

PREFIX, SECRET = 8, 32
KEY_DAYS, OVERLAP_DAYS = 365, 7


class UnknownKey(PermissionError):
    """No key, a wrong one, one that has expired or was revoked: nobody can tell which."""


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
    moment, secret = at or timezone.now(), random_code(SECRET)
    key = ScimKey.objects.create(
        prefix=random_code(PREFIX),
        secret_sha256=sha256(secret.encode()).hexdigest(),
        organisation=organisation,
        name=name,
        may_write=may_write,
        created_by=by,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    record(action="organisations.create_scim_key", actor=by, target=f"organisations.ScimKey:{key.pk}")
    return key, f"{key.prefix}-{secret}"


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
    prefix, _dash, secret = text.partition("-")
    key = scim_key(prefix, at or timezone.now())
    expected = key.secret_sha256 if key else "0" * 64
    if not hmac.compare_digest(sha256(secret.encode()).hexdigest(), expected) or key is None:
        raise UnknownKey
    return key
