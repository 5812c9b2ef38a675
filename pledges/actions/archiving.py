"""What is destroyed when a letter ends, what its office keeps for how long, and the copies on paper's terms."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from foundation.identifiers import random_code
from foundation.jobs.actions import enqueue
from foundation.writeonce import opened
from pledges import keys, queries
from pledges.exports import credential_whole
from pledges.models import (
    ArchivedLetter,
    Copy,
    EventStatement,
    ExtraKind,
    Fulfilment,
    Holder,
    Letter,
    LetterPdf,
    LetterRecord,
    LetterState,
    OrganisationSigning,
    PublicRecord,
    SealedEvidence,
    SealedExtra,
    SubmissionScan,
)
from tlog import leaf

BATCH = 500


def keep_until(letter: Letter, ended_on: date) -> date:
    """The last day on which the office keeps a letter that ended on that day: some years after it, and after its own
    last day (retention table in docs/letters.md)."""
    last = max(ended_on, letter.valid_until or ended_on)
    year = last.year + settings.LETTER_ARCHIVE_YEARS
    return date(year, 2, 28) if (last.month, last.day) == (2, 29) else last.replace(year=year)


def archive(*, letter: Letter, at: datetime) -> ArchivedLetter | None:
    """Seal the texts of a letter for its accepting unit. Nothing of people under 18 and of classes is kept. In the
    caller's transaction."""
    texts = LetterRecord.objects.filter(letter=letter).first()
    if texts is None or letter.signer_is_minor or letter.subject == "class":
        return None
    body = leaf.canonical(credential_whole(letter=letter, record=texts))
    return ArchivedLetter.objects.create(
        letter=letter,
        sealed=keys.seal(body, about=f"{letter.public_id}/archive"),
        archived_at=at,
        keep_until=keep_until(letter, timezone.localdate(at)),
    )


@transaction.atomic
def open_archived(*, by: User, archived: ArchivedLetter, reason: str) -> dict[str, Any]:
    """The texts of a letter that has ended, for who decides about it; who looked and why is in the audit log.

    Raises ArchivedLetter.DoesNotExist, cryptography's InvalidTag if a byte was changed, tlog.errors.Refused if the key
    is gone.
    """
    archived = queries.archived_for(by).get(pk=archived.pk)
    letter = archived.letter
    body: dict[str, Any] = leaf.load(keys.unseal(bytes(archived.sealed), about=f"{letter.public_id}/archive"))
    target = f"pledges.Letter:{letter.pk}"
    record(action="pledges.open_archived", actor=by, target=target, details={"reason": reason})
    return body


def destroy(*, letter: Letter) -> None:
    """Public record, salt, statements, texts, PDF, stamped scan, the signer's copy, the drawn signature and the name of
    an organisation's handler go; the unit's own copy gets its last day. In the caller's transaction; files go after the
    commit."""
    PublicRecord.objects.filter(letter=letter).delete()
    LetterRecord.objects.filter(letter=letter).delete()
    EventStatement.objects.filter(event__letter=letter).delete()
    Fulfilment.objects.filter(event__letter=letter).delete()
    SealedExtra.objects.filter(letter=letter, kind=ExtraKind.SIGNATURE).delete()
    for scan in SubmissionScan.objects.filter(letter=letter):
        scan.delete()
        _delete_file(scan.file)
    forget_signings(OrganisationSigning.objects.filter(letter=letter))
    forget_pdf(letter=letter)
    for copy in Copy.objects.filter(letter=letter, holder=Holder.SIGNER):
        copy.delete()
        _delete_file(copy.file)
    last = keep_until(letter, timezone.localdate())
    Copy.objects.filter(letter=letter, holder=Holder.UNIT).update(keep_until=last)


def forget_pdf(*, letter: Letter) -> None:
    """The PDF goes. In the caller's transaction; its file after the commit."""
    for pdf in LetterPdf.objects.filter(letter=letter):
        pdf.delete()
        _delete_file(pdf.file)


def forget_signings(found: QuerySet[OrganisationSigning], *, authorisation: bool = False) -> int:
    """Let go who signed for an organisation, and the stamped scan; the authorisation, too, once its evidence goes.
    Returns of how many letters. In the caller's transaction; files go after the commit."""
    rows = list(found.values_list("pk", "scan", "authorisation"))
    gone = {"handler_name": "", "handler_role": "", "scan": "", "scan_type": "", "scan_sha256": ""}
    if authorisation:
        gone["authorisation"] = ""
    OrganisationSigning.objects.filter(pk__in=[row[0] for row in rows]).update(scan_is_public=False, **gone)
    for _pk, scan, proof in rows:
        for file in filter(None, (scan, proof if authorisation else "")):
            _delete_file(file)
    return len(rows)


def forget_handler(*, user: User) -> int:
    """The name and position of a handler go from the letters that they signed for organisations; scan and authorisation
    are the organisation's and stay as long as the letter says. Returns of how many letters. In the caller's
    transaction."""
    return OrganisationSigning.objects.filter(letter__signer=user).update(handler_name="", handler_role="")


def _delete_file(file: str) -> None:
    transaction.on_commit(lambda: storages["private"].delete(file))


@transaction.atomic
def keep_copies(*, letter_id: int, files: dict[str, bytes], at: datetime | None = None) -> list[Copy]:
    """Keep the copies of a letter that its template asks for, by holder. A second call changes nothing; nothing is kept
    of a letter that ended meanwhile."""
    letter = Letter.objects.in_force().select_for_update(of=("self",)).filter(pk=letter_id).first()
    if letter is None or Copy.objects.filter(letter=letter).exists():
        return []
    unit, moment = queries.filing_unit(letter), at or timezone.now()
    made = []
    for holder, data in files.items():
        name = storages["private"].save(f"copies/{letter.made_on:%Y/%m}/{random_code(20)}.pdf", ContentFile(data))
        made.append(
            Copy(letter=letter, holder=holder, unit=unit, file=name, sha256=sha256(data).hexdigest(), made_at=moment)
        )
    Copy.objects.bulk_create(made)
    record(action="pledges.keep_copies", actor=None, target=f"pledges.Letter:{letter.pk}")
    return made


@transaction.atomic
def queue_missing_copies(*, limit: int = 20) -> int:
    """Queue the copies that could not be made when their letters were signed; returns how many. By the minute, few."""
    missing, minute = queries.lacking_copies(limit), timezone.now().strftime("%Y%m%d%H%M")
    for letter_id in missing:
        enqueue(kind="pledges.copies", payload={"letter": letter_id}, key=f"pledges.copies:{letter_id}@{minute}")
    return len(missing)


@transaction.atomic
def forget_evidence(*, before: datetime, limit: int) -> int:
    """Delete the sealed evidence, what was drawn, and who signed for an organisation on what authority, of at most
    `limit` letters whose last day and end lie before that day; returns of how many. The log keeps the hash, which tells
    nobody anything."""
    rows = list(queries.evidence_due(before).values_list("pk", "letter_id")[:limit])
    if not rows:
        return 0
    letters = [letter for _pk, letter in rows]
    SealedExtra.objects.filter(letter__in=letters).delete()
    forget_signings(OrganisationSigning.objects.filter(letter__in=letters), authorisation=True)
    with opened("pledges.SealedEvidence"):
        SealedEvidence.objects.filter(pk__in=[pk for pk, _letter in rows]).delete()
    details = {"letters": letters}
    record(action="pledges.forget_evidence", actor=None, target="pledges.Letter", details=details)
    return len(rows)


@transaction.atomic
def tidy_letters(*, at: datetime | None = None) -> int:
    """Remove what has been kept as long as it must: full network addresses, archived texts, units' copies of ended
    letters, copies of letters that ran out long ago, and scans and names of handlers of letters that ended before these
    went with them. Returns how many rows went."""
    today = timezone.localdate(at)
    extras = SealedExtra.objects.filter(delete_on__lt=today).delete()[0]
    archived = ArchivedLetter.objects.filter(keep_until__lt=today).delete()[0]
    gone = list(Copy.objects.filter(keep_until__lt=today)[:BATCH])
    years = settings.LETTER_ARCHIVE_YEARS
    over = date(today.year - years, today.month, min(today.day, 28))
    gone += list(Copy.objects.filter(keep_until=None, letter__valid_until__lt=over)[:BATCH])
    for copy in gone:
        copy.delete()
        _delete_file(copy.file)
    ended = OrganisationSigning.objects.filter(letter__state=LetterState.WITHDRAWN)
    signings = forget_signings(ended.exclude(handler_name="", handler_role="", scan=""))
    done = extras + archived + len(gone) + signings
    if done:
        details = {"addresses": extras, "archived": archived, "copies": len(gone), "signings": signings}
        record(action="pledges.tidy_letters", actor=None, target="pledges.Letter", details=details)
    return done
