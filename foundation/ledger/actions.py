"""Put something into the log."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from foundation.audit.actions import record
from foundation.ledger.models import Kind, LogEntry, LogKey, LogOldPlace, LogPlace, LogShard, LogState, LogWaiting, Op
from foundation.writeonce import lifted
from tlog import checkpoint
from tlog.leaf import Leaf, new_salt
from tlog.leaf import commitment as committed

BATCH = 4096


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


def key_record(vkey: str) -> dict[str, str]:
    """What the log says about a key of its own."""
    return {"type": "log-key", "vkey": vkey}


def shard_record(head: str, reason: str) -> dict[str, str]:
    """What the first entry of a log says about the one before it."""
    return {"type": "log-shard", "previous": head, "reason": reason}


@transaction.atomic
def note_keys(*, vkeys: list[str], at: datetime | None = None) -> list[LogKey]:
    """Write down which keys sign from now on; returns those that are new. Keys that are missing have retired.

    The first key of a log is in its policy from the start; each later one gets an entry.
    """
    moment = at or timezone.now()
    in_force = LogKey.objects.filter(revoked_at=None)
    known = set(LogKey.objects.values_list("vkey", flat=True))
    is_first = not in_force.exists()
    in_force.filter(retired_at=None).exclude(vkey__in=vkeys).update(retired_at=moment)
    made = []
    for vkey in reversed([vkey for vkey in vkeys if vkey not in known]):
        if is_first:
            made.append(LogKey.objects.create(vkey=vkey, since=moment))
            continue
        salt = new_salt()
        is_told = committed(key_record(vkey), salt)
        entry = append(event_key=f"logkey:{vkey[-44:]}:add", kind=Kind.KEY, op=Op.ADD, commitment=is_told, at=moment)
        made.append(LogKey.objects.create(vkey=vkey, since=moment, salt=salt, entry=entry))
        record(action="ledger.note_keys", actor=None, target="ledger.LogKey", details={"vkey": vkey})
    return made


@transaction.atomic
def end_log(*, reason: str, at: datetime | None = None) -> LogShard:
    """The log's key cannot be trusted any more: end it at the last head that enough witnesses signed (without
    witnesses, at the last that we signed), revoke its keys, and let every entry wait for its place in the next log,
    whose first entry commits to that head. The sequencer does the rest. Raises LogState.DoesNotExist.
    """
    moment = at or timezone.now()
    state = LogState.objects.select_for_update().get()
    last = checkpoint.parse(state.witnessed or state.checkpoint)
    salt, head = new_salt(), last.note()
    number = LogShard.objects.count() + 1
    is_told = committed(shard_record(head, reason), salt)
    entry = append(event_key=f"logshard:{number}:add", kind=Kind.NOTE, op=Op.ADD, commitment=is_told, at=moment)
    shard = LogShard.objects.create(
        number=number, origin=state.origin, checkpoint=head, reason=reason, ended_at=moment, salt=salt, entry=entry
    )
    _set_places_aside(shard, last.checkpoint.size)
    LogKey.objects.filter(revoked_at=None).update(revoked_at=moment)
    state.delete()
    record(action="ledger.end_log", actor=None, target=f"ledger.LogShard:{number}", details={"reason": reason})
    return shard


def _set_places_aside(shard: LogShard, size: int) -> None:
    """Places below `size` are kept as they were; those behind it were seen by no witness and count for nothing."""
    rows = LogPlace.objects.order_by("place")
    for at in range(0, size, BATCH):
        some = rows.filter(place__gte=at, place__lt=min(size, at + BATCH))
        old = [LogOldPlace(shard=shard, place=row.place, entry_id=row.entry_id, leaf=row.leaf) for row in some]
        LogOldPlace.objects.bulk_create(old)
    with lifted(only="ledger.LogPlace"):
        LogPlace.objects.all().delete()
    waiting = LogEntry.objects.filter(waiting=None).order_by("pk").values_list("pk", flat=True)
    while some_ids := list(waiting[:BATCH]):
        LogWaiting.objects.bulk_create(LogWaiting(entry_id=pk) for pk in some_ids)
