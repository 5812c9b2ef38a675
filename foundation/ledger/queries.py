"""Proofs for what the log has, and an audit of the whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from foundation.ledger import files
from foundation.ledger.keys import witness_policy
from foundation.ledger.models import LogEntry, LogKey, LogPlace, LogShard, LogState, LogWaiting
from tlog import checkpoint
from tlog.checkpoint import SignedCheckpoint
from tlog.errors import BadProof, Refused
from tlog.leaf import b64url, canonical
from tlog.proof import LogProof
from tlog.reader import Reader, audit


class NotYet(LookupError):
    """The entry has no place in the published log yet."""


def log_reader() -> Reader:
    """The published log as it is now, with its head. Raises NotYet if nothing is published."""
    signed = files.published()
    if signed is None:
        raise NotYet("no log is published here")
    return Reader(signed.checkpoint.size, signed.checkpoint.root, files.get, signed)


def prove(*, row: LogPlace, salt: bytes, reader: Reader) -> LogProof:
    """The proof of one entry, with what is needed to rebuild it. `row.entry` should be loaded.

    The hashes come from the published files and are checked up to the signed root. Raises NotYet if the published
    log is still shorter, or TlogError if the files are damaged.
    """
    if reader.signed is None or reader.size <= row.place:
        raise NotYet(row.entry.event_key)
    hashes = reader.inclusion(row.place, bytes(row.leaf))
    extra: dict[str, str | int] = {"k": row.entry.kind, "op": row.entry.op, "salt": b64url(salt), "t": row.logged_at}
    if row.entry.acts_on_id:
        extra["p"] = LogPlace.objects.values_list("place", flat=True).get(entry_id=row.entry.acts_on_id)
    return LogProof(row.place, tuple(hashes), reader.signed, canonical(extra))


def proof_of(*, event_key: str, salt: bytes) -> LogProof:
    """The proof that the published log has the entry of `event_key`. One or two statements. Raises as `prove`."""
    row = LogPlace.objects.select_related("entry").filter(entry__event_key=event_key).first()
    if row is None:
        raise NotYet(event_key)
    return prove(row=row, salt=salt, reader=log_reader())


def published_size() -> int:
    """How many entries anybody can read now."""
    signed = files.published()
    return signed.checkpoint.size if signed else 0


def later_ops(entry: LogEntry) -> list[str]:
    """What the log says happened to an entry afterwards, in order."""
    return [row.entry.op for row in later_places(entry)]


def later_places(entry: LogEntry) -> list[LogPlace]:
    """The later entries that act on `entry`, in order. One statement."""
    return list(LogPlace.objects.filter(entry__acts_on=entry).select_related("entry").order_by("place"))


@dataclass(frozen=True, slots=True)
class Findings:
    """What an audit of the published log found to be true. `missing` names witnesses that have not signed the head."""

    size: int
    waiting: int
    continues: bool
    missing: str = ""


def check_log(*, against: SignedCheckpoint | None = None) -> Findings:
    """Recompute the published log from its entries, compare it with the database and with an older checkpoint.

    Raises TlogError at the first thing that does not hold.
    """
    signed = files.published()
    if signed is None:
        raise Refused("no log is published here", reason="no-log")
    head = signed.checkpoint
    audit(head.size, head.root, files.get)
    reader = Reader(head.size, head.root, files.get)
    for number in range((head.size + 255) // 256):
        rows = LogPlace.objects.filter(place__gte=number * 256, place__lt=number * 256 + 256).order_by("place")
        leaves = [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]
        if leaves[: head.size - number * 256] != reader.entries(number):
            raise BadProof(f"the database and bundle {number} differ")
    if against is not None:
        _continues(against, reader, head.origin)
    return Findings(head.size, LogWaiting.objects.count(), against is not None, missing_witnesses())


def log_ended_at() -> datetime | None:
    """When the last log ended that was followed by another; None if there has only been one. One statement."""
    last: datetime | None = LogShard.objects.aggregate(last=Max("ended_at"))["last"]
    return last


def missing_witnesses() -> str:
    """The names of the witnesses that have not signed the head that is shown, with commas; empty if none lacks."""
    return LogState.objects.values_list("missing", flat=True).first() or ""


def witnessing() -> str:
    """Whether others cosign the head that is shown: "none" where no witness is asked, "missing" if one has not signed,
    else "". At most one statement."""
    if not witness_policy().witnesses:
        return "none"
    return "missing" if missing_witnesses() else ""


def history() -> dict[str, Any]:
    """Keys of the log and logs that ended, with the salt of each entry about them. Two statements."""
    keys = [
        {
            "vkey": row.vkey,
            "since": row.since.isoformat(),
            **({"retired": row.retired_at.isoformat()} if row.retired_at else {}),
            **({"revoked": row.revoked_at.isoformat()} if row.revoked_at else {}),
            **({"salt": b64url(bytes(row.salt)), "commitment": row.entry.commitment} if row.entry and row.salt else {}),
        }
        for row in LogKey.objects.select_related("entry").order_by("pk")
    ]
    ended = [
        {
            "number": row.number,
            "origin": row.origin,
            "checkpoint": row.checkpoint,
            "reason": row.reason,
            "ended": row.ended_at.isoformat(),
            "salt": b64url(bytes(row.salt)),
            "commitment": row.entry.commitment,
        }
        for row in LogShard.objects.select_related("entry").order_by("number")
    ]
    return {"keys": keys, "ended": ended}


def _continues(old: SignedCheckpoint, reader: Reader, origin: str) -> None:
    if old.checkpoint.origin != origin:
        raise BadProof(f"the older checkpoint is of another log, {old.checkpoint.origin}")
    if old.checkpoint.size > reader.size:
        raise BadProof("the log is shorter than the older checkpoint: it was rolled back", reason="rolled-back")
    reader.consistency(old.checkpoint.size, old.checkpoint.root)


def read_checkpoint(data: bytes) -> SignedCheckpoint:
    """A checkpoint file that somebody kept. Raises TlogError."""
    return checkpoint.parse(data)
