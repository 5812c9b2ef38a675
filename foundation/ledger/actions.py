"""Put something into the log."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from foundation.ledger.models import LogEntry, LogWaiting, Op
from tlog.leaf import Leaf


class NotInTransaction(RuntimeError):
    """An entry was written outside the transaction of what it records."""


class LoggedOtherwise(RuntimeError):
    """The event is in the log already, with another commitment: whoever asked again has lost the first salt."""


def append(
    *, event_key: str, kind: str, op: str, commitment: str, acts_on: LogEntry | None = None, at: datetime | None = None
) -> LogEntry:
    """Record one event; it gets its place within seconds. In the caller's transaction.

    `event_key` ("pledge:UUID:add") makes it happen once: a second call returns the first row. Raises
    tlog.errors.Malformed for an unknown kind or op or a wrong commitment, LoggedOtherwise if the event has another
    one, and NotInTransaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(event_key)
    Leaf(commitment, kind, op, 0, None if acts_on is None else 0)
    moment = at or timezone.now()
    fields = {"kind": kind, "op": op, "commitment": commitment, "acts_on": acts_on, "created_at": moment}
    entry, is_new = LogEntry.objects.get_or_create(event_key=event_key, defaults=fields)
    if is_new:
        LogWaiting.objects.create(entry=entry)
    elif entry.commitment != commitment:
        raise LoggedOtherwise(event_key)
    return entry


def append_all(*, kind: str, commitments: Mapping[str, str], at: datetime) -> list[LogEntry]:
    """`append` for many new events at once, {event key: commitment}, in order, with two statements for each some
    hundred. Raises as `append` does, and IntegrityError if one of them is in the log already."""
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(kind)
    for commitment in commitments.values():
        Leaf(commitment, kind, Op.ADD, 0, None)
    entries = LogEntry.objects.bulk_create(
        LogEntry(event_key=key, kind=kind, op=Op.ADD, commitment=commitment, created_at=at)
        for key, commitment in commitments.items()
    )
    LogWaiting.objects.bulk_create(LogWaiting(entry=entry) for entry in entries)
    return entries
