"""The certificate that seals PDFs: renewed in good time, revoked when its key was stolen."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation import sealkeys
from foundation.audit.actions import record
from foundation.ledger.actions import append
from foundation.ledger.models import Kind, Op
from pledges import keys, pdf_seals
from pledges.actions.entries import know_seal
from pledges.models import IssuerKey
from tlog.record import seal_multikey
from tlog.seal import point


@transaction.atomic
def renew_seal(*, by: User | None, at: datetime | None = None) -> str:
    """Issue a new key and certificate for the seal; returns its serial number. What the old one sealed stays good.
    Raises Refused without a seal, or without an authority of our own."""
    path = Path(settings.SEAL_KEY_FILE)
    pdf_seals.certificate()
    sealkeys.renew(path, str(settings.WAGTAIL_SITE_NAME), pdf_seals.list_address(), replace=True)
    know_seal(at=at or timezone.now())
    serial = f"{pdf_seals.certificate().serial_number:X}"
    record(action="pledges.renew_seal", actor=by, target=f"pledges.Seal:{serial}")
    return serial


@transaction.atomic
def revoke_seal(*, by: User | None, reason: str, at: datetime | None = None) -> str:
    """The seal's key is in other hands: its certificate goes on the published list, the log says that the key is
    believed no more, a new one seals from now on, and every PDF is made anew by the job that makes missing ones.
    Returns the revoked serial number. Raises Refused."""
    moment, old = at or timezone.now(), pdf_seals.certificate()
    sealkeys.make_list(Path(settings.SEAL_KEY_FILE), revoked=old.serial_number, at=moment)
    multibase = seal_multikey(point(keys.pdf_seal().public))
    renew_seal(by=by, at=moment)
    for key in IssuerKey.objects.filter(multibase=multibase, revoked_at=None).select_related("entry"):
        _withdraw(key, moment)
    serial = f"{old.serial_number:X}"
    record(action="pledges.revoke_seal", actor=by, target=f"pledges.Seal:{serial}", details={"reason": reason})
    return serial


def _withdraw(key: IssuerKey, at: datetime) -> None:
    """A key is believed no more, and the log says so. In the caller's transaction."""
    append(
        event_key=f"key:{key.method}:withdraw",
        kind=Kind.KEY,
        op=Op.WITHDRAW,
        commitment=key.entry.commitment,
        acts_on=key.entry,
        at=at,
    )
    IssuerKey.objects.filter(pk=key.pk).update(revoked_at=at)
