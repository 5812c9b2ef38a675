"""What a letter puts into the public log: its record, and later what became of it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from foundation.audit.actions import record
from foundation.ledger.actions import append
from foundation.ledger.models import Kind, LogEntry, Op
from pledges import keys, queries
from pledges.actions.changes import note_change
from pledges.exports import credential, instant
from pledges.models import EventKind, IssuerKey, Letter, LetterEvent, LetterPdf, LetterRecord, PublicRecord
from tlog import leaf
from tlog.record import multikey, seal_multikey, sign
from tlog.seal import point

BATCH = 200


def issuer(at: datetime) -> tuple[Any, str]:
    """`(key, its address)` of what signs records."""
    key = keys.issuer_key()
    public = key.public_key().public_bytes_raw()
    method = keys.method_of(public)
    _make_known(method, multikey(public), at)
    return key, method


def know_seal(*, at: datetime) -> None:
    """Make the key that seals PDFs known. In the caller's transaction."""
    multibase = seal_multikey(point(keys.pdf_seal().public))
    _make_known(keys.seal_method_of(multibase), multibase, at)


def _make_known(method: str, multibase: str, at: datetime) -> None:
    """A key that is used for the first time is written down for ever, and logged."""
    if IssuerKey.objects.filter(method=method).exists():
        return
    salt = leaf.new_salt()
    body = {"id": method, "type": "Multikey", "controller": keys.did(), "publicKeyMultibase": multibase}
    entry = append(
        event_key=f"key:{method}:add", kind=Kind.KEY, op=Op.ADD, commitment=leaf.commitment(body, salt), at=at
    )
    IssuerKey.objects.create(method=method, multibase=multibase, since=at, salt=salt, entry=entry)


def enter_record(*, letter: Letter, texts: LetterRecord, level: str, at: datetime) -> PublicRecord:
    """Sign the public record of a letter and put it into the log. In the caller's transaction; once per letter."""
    key, method = issuer(at)
    body = sign(credential(letter=letter, record=texts, level=level), key, method=method, created=instant(at))
    salt = leaf.new_salt()
    entry = append(
        event_key=f"pledge:{letter.public_id}:add",
        kind=Kind.PLEDGE,
        op=Op.ADD,
        commitment=leaf.commitment(body, salt),
        at=at,
    )
    return PublicRecord.objects.create(letter=letter, body=leaf.canonical(body).decode(), salt=salt, entry=entry)


def enter_later(*, letter: Letter, op: str, at: datetime, commitment: str = "", mark: str = "") -> LogEntry | None:
    """Tell the log what became of a public letter: once per op and `mark`, and only if the letter is in there.

    The entry points at the letter's first one and repeats its commitment, or has one of its own (to a statement). In
    the caller's transaction.
    """
    first = LogEntry.objects.filter(event_key=f"pledge:{letter.public_id}:add").first()
    if first is None:
        return None
    return append(
        event_key=f"pledge:{letter.public_id}:{op}" + (f":{mark}" if mark else ""),
        kind=Kind.PLEDGE,
        op=op,
        commitment=commitment or first.commitment,
        acts_on=first,
        at=at,
    )


@transaction.atomic
def log_letter(*, letter_id: int, at: datetime | None = None) -> PublicRecord | None:
    """Give a published letter from before the log its record and its entry; None if it has them or is not public.

    Its PDF is made again, with both inside.
    """
    letter = queries.unlogged().select_for_update(of=("self",)).filter(pk=letter_id).first()
    if letter is None:
        return None
    made = enter_record(letter=letter, texts=letter.record, level=letter.evidence.level, at=at or timezone.now())
    LetterPdf.objects.filter(letter=letter).delete()
    record(action="pledges.log_letter", actor=None, target=f"pledges.Letter:{letter.pk}")
    return made


def log_letters(*, limit: int | None = None) -> int:
    """`log_letter` for all that lack an entry, one transaction each; returns how many. Stopping and starting again
    goes on where it stopped."""
    done = 0
    while limit is None or done < limit:
        size = BATCH if limit is None else min(BATCH, limit - done)
        waiting = list(queries.unlogged().order_by("pk").values_list("pk", flat=True)[:size])
        if not waiting:
            break
        done += sum(log_letter(letter_id=letter_id) is not None for letter_id in waiting)
    return done


@transaction.atomic
def expire_letters(*, at: datetime | None = None) -> int:
    """Write down of letters whose last day is over that it is, and tell the log of public ones; returns how many.
    Once each; a batch at a time, so that a job stopped in the middle goes on where it stopped."""
    moment = at or timezone.now()
    over = list(queries.expired_unsaid(timezone.localdate(moment)).select_for_update(of=("self",))[:BATCH])
    for letter in over:
        entry = enter_later(letter=letter, op=Op.EXPIRE, at=moment)
        LetterEvent.objects.create(letter=letter, kind=EventKind.EXPIRED, at=moment, entry=entry)
        note_change(letter=letter, what=EventKind.EXPIRED, at=moment)
    if over:
        record(action="pledges.expire_letters", actor=None, target="pledges.Letter", details={"count": len(over)})
    return len(over)
