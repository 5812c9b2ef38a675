"""What a unit's system decides about letters that it sent: their stamped scan, their end, how they were kept."""

from datetime import date, datetime
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.audit.actions import record
from foundation.identifiers import random_code
from pledges.actions.afterwards import end_for_good, find_fulfilment, hold
from pledges.actions.changes import note_change
from pledges.actions.registry import keep_registry
from pledges.actions.requests import Upload
from pledges.models import ApiKey, EndReason, EventKind, Fulfilment, Letter, LetterState, Subject, SubmissionScan


class ScanRefused(ValueError):
    """No scan can be attached: not an organisation's letter, not in force, or it has another one."""


@transaction.atomic
def attach_scan(*, key: ApiKey, letter: Letter, upload: Upload, at: datetime | None = None) -> bool:
    """Keep the stamped scan of an organisation's letter that the unit sent; it is public as the letter is. The same one
    again changes nothing: False. Raises ScanRefused."""
    digest, moment = sha256(upload.data).hexdigest(), at or timezone.now()
    if letter.subject != Subject.ORGANISATION or letter.state != LetterState.IN_FORCE:
        raise ScanRefused(_("Only letters of organisations that are in force have a scan."))
    before = SubmissionScan.objects.filter(letter=letter).first()
    if before is not None:
        if before.sha256 == digest:
            return False
        raise ScanRefused(_("This letter has another scan already."))
    name = f"scans/{letter.made_on:%Y/%m}/{random_code(20)}{upload.extension}"
    file = storages["private"].save(name, ContentFile(upload.data))
    try:
        with transaction.atomic():
            SubmissionScan.objects.create(
                letter=letter, file=file, media_type=upload.media_type, sha256=digest, received_at=moment
            )
    except IntegrityError:
        storages["private"].delete(file)
        raise ScanRefused(_("This letter has another scan already.")) from None
    keep_registry(letter_ids=[letter.pk])
    note_change(letter=letter, what="scan", at=moment)
    details = {"key": key.prefix, "sha256": digest}
    record(action="pledges.attach_scan", actor=None, target=f"pledges.Letter:{letter.pk}", details=details)
    return True


@transaction.atomic
def end_sent_letter(*, key: ApiKey, letter: Letter, reason: str, at: datetime | None = None) -> bool:
    """The accepting unit's system ends a letter that it sent: as with a withdrawal nothing of it remains in public.
    False if it had ended before. Raises ValueError for an unknown reason."""
    why = EndReason(reason).value
    if hold(letter).state != LetterState.IN_FORCE:
        return False
    end_for_good(letter=letter, by=None, at=at or timezone.now(), kind=EventKind.ENDED, reason=why)
    details = {"key": key.prefix, "reason": why}
    record(action="pledges.end_sent_letter", actor=None, target=f"pledges.Letter:{letter.pk}", details=details)
    return True


@transaction.atomic
def record_sent_fulfilment(
    *,
    key: ApiKey,
    letter: Letter,
    status: str,
    unfulfilled_content: str = "",
    sanction_content: str = "",
    decided_on: date | None = None,
    at: datetime | None = None,
) -> Fulfilment:
    """The accepting unit's system finds how an organisation has kept its letter. Raises NotPossible."""
    made = find_fulfilment(
        by=None,
        letter=letter,
        status=status,
        unfulfilled_content=unfulfilled_content,
        sanction_content=sanction_content,
        decided_on=decided_on,
        at=at or timezone.now(),
    )
    details = {"key": key.prefix, "status": status}
    record(action="pledges.record_sent_fulfilment", actor=None, target=f"pledges.Letter:{letter.pk}", details=details)
    return made
