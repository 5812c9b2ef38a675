"""Keys of departments' own systems (系统对接)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from foundation.machinekeys import UnknownKey, new_key, opened
from organisations.models import Organisation
from pledges import queries
from pledges.actions.refusals import NothingToSign
from pledges.models import ApiKey, Scope

KEY_DAYS = 365
OVERLAP_DAYS = 14


@transaction.atomic
def create_api_key(
    *,
    by: User | None,
    organisation: Organisation,
    name: str,
    days: int = KEY_DAYS,
    scopes: Iterable[str] = Scope.values,
    at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key for a unit's system; returns it with its text, which is shown once and kept nowhere.

    Raises ValueError for an unknown scope, NothingToSign if the unit lies in no administrative division: its letters
    could have no code.
    """
    if not queries.district_of(organisation):
        raise NothingToSign(_("The accepting unit has no administrative division code."))
    moment, new = at or timezone.now(), new_key()
    key = ApiKey.objects.create(
        prefix=new.prefix,
        secret_sha256=new.secret_sha256,
        organisation=organisation,
        name=name,
        scopes=" ".join(Scope(scope).value for scope in scopes),
        created_by=by,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    record(action="pledges.create_api_key", actor=by, target=f"pledges.ApiKey:{key.pk}")
    return key, new.text


@transaction.atomic
def rotate_api_key(
    *, by: User | None, key: ApiKey, overlap_days: int = OVERLAP_DAYS, at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key that may do what `key` may; the old one holds for some days more, so that nothing stops. Raises
    UnknownKey if the old one is not in force."""
    moment = at or timezone.now()
    old = (
        ApiKey.objects.filter(pk=key.pk, revoked_at=None, expires_at__gt=moment).select_related("organisation").first()
    )
    if old is None:
        raise UnknownKey
    made = create_api_key(by=by, organisation=old.organisation, name=old.name, scopes=old.scopes.split(), at=moment)
    last = min(old.expires_at, moment + timedelta(days=overlap_days))
    ApiKey.objects.filter(pk=old.pk).update(expires_at=last)
    return made


@transaction.atomic
def revoke_api_key(*, by: User | None, key: ApiKey, at: datetime | None = None) -> bool:
    """End a key at once; False if it was ended before."""
    changed = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at or timezone.now())
    if changed:
        record(action="pledges.revoke_api_key", actor=by, target=f"pledges.ApiKey:{key.pk}")
    return bool(changed)


def open_key(*, text: str, at: datetime | None = None) -> ApiKey:
    """The key behind what a system sent. Raises UnknownKey."""
    moment = at or timezone.now()
    return opened(text, lambda prefix: queries.api_key(prefix, moment))
