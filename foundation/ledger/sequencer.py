"""The one sequencer: gives entries their places, signs, publishes. Recovery is the normal way of working.

Order: (1) the business transaction inserts the entry; (2) one transaction gives places, computes the root, signs and
stores the checkpoint: the point of no return; (3) tiles and bundles are written from the rows; (4) the checkpoint file
is replaced. A crash anywhere is repaired by doing (3) and (4) again. It refuses to sign when the published files are
ahead of the database (a backup was restored), or when files, rows and checkpoint do not agree.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from foundation.ledger import files, keys
from foundation.ledger.models import LogPlace, LogState, LogWaiting
from tlog import checkpoint
from tlog.checkpoint import Checkpoint
from tlog.errors import Refused, TlogError
from tlog.leaf import Leaf
from tlog.merkle import EMPTY_ROOT
from tlog.tiles import Edge, load_edge

logger = logging.getLogger(__name__)
BATCH = 4096
ADVISORY_LOCK = 0x78696E78  # "xinx"
reached: Callable[[str], None] = lambda point: None  # noqa: E731  # the crash tests put something else here


def sequence(*, at: datetime | None = None) -> int:
    """Give every waiting entry its place and publish; returns how many. 0 if another sequencer is at work.

    Raises tlog.errors.Refused if going on could make a second history.
    """
    with files.exclusive() as alone:
        if not alone:
            return 0
        key = _key()
        edge = _recover(key)
        done = 0
        while count := _sign_batch(edge, key, at):
            edge = _publish(edge)
            done += count
        return done


def keep_up(*, every: float = 2.0) -> int:
    """Sequence if this process holds the key and has not done so for `every` seconds; returns how many.

    For other background work: the sequencer's own job waits its turn behind a long queue, entries must not. A log
    that refuses to go on stops nothing here; the sequencer's own job says so.
    """
    global _kept_up
    if time.monotonic() - _kept_up < every or not Path(settings.LOG_KEY_FILE).exists():
        return 0
    _kept_up = time.monotonic()
    try:
        return sequence()
    except TlogError:
        logger.exception("ledger: the log refuses to go on")
        return 0


_kept_up = float("-inf")


def _key() -> Ed25519PrivateKey:
    """The key file; a log that never began makes one."""
    path = Path(settings.LOG_KEY_FILE)
    if not path.exists() and not LogState.objects.exists() and files.published() is None:
        return keys.create_key(path)
    return keys.load_key(path)


def _recover(key: Ed25519PrivateKey) -> Edge:
    """Bring the published files up to the signed state; returns the edge of the tree. Raises Refused."""
    shown = files.published()
    state = LogState.objects.first()
    if state is None:
        if shown is not None:
            raise Refused("a log is published whose database is gone", reason="rolled-back")
        signed = checkpoint.sign(Checkpoint(keys.origin(), 0, EMPTY_ROOT), key)
        LogState.objects.create(
            origin=keys.origin(), size=0, root=EMPTY_ROOT, checkpoint=signed.note(), signed_at=timezone.now()
        )
        reached("state-made")
        files.put_checkpoint(signed)
        return Edge()
    if state.origin != keys.origin():
        raise Refused(f"this database belongs to the log {state.origin}", reason="other-log")
    checkpoint.parse(state.checkpoint).verify([keys.verifier(key)])
    if shown is None:
        return _publish(Edge())
    if shown.checkpoint.size > state.size:
        raise Refused("the published log is ahead of the database: a backup was restored", reason="rolled-back")
    edge = load_edge(shown.checkpoint.size, files.get)
    if edge.root() != shown.checkpoint.root:
        raise Refused("the published tiles do not give the published root", reason="other-bytes")
    if shown.checkpoint.size < state.size:
        return _publish(edge)
    if edge.root() != bytes(state.root):
        raise Refused("files and database have the same size and other roots", reason="two-histories")
    return edge


def _sign_batch(edge: Edge, key: Ed25519PrivateKey, at: datetime | None) -> int:
    """One transaction: places, root, signature. The rows are read back before anything is signed."""
    with transaction.atomic():
        _lock()
        state = LogState.objects.select_for_update().get()
        waiting = list(LogWaiting.objects.select_related("entry").order_by("entry_id")[:BATCH])
        if not waiting:
            return 0
        if state.size != edge.size:
            raise Refused("somebody else has sequenced meanwhile", reason="two-sequencers")
        entries = [row.entry for row in waiting]
        places = _places(entries, state.size, at)
        LogPlace.objects.bulk_create(places)
        LogWaiting.objects.filter(entry__in=entries).delete()
        reached("placed")
        new = edge.copy()
        for leaf in LogPlace.objects.filter(place__gte=state.size).order_by("place").values_list("leaf", flat=True):
            new.append(bytes(leaf), lambda _path, _data: None)
        expected = edge.copy()
        for place in places:
            expected.append(bytes(place.leaf), lambda _path, _data: None)
        if new.size != state.size + len(places) or new.root() != expected.root():
            raise Refused("the rows are not what was written: nothing is signed", reason="bit-flip")
        signed = checkpoint.sign(Checkpoint(keys.origin(), new.size, new.root()), key)
        moved = LogState.objects.filter(size=state.size).update(
            size=new.size, root=new.root(), checkpoint=signed.note(), signed_at=timezone.now()
        )
        if not moved:
            raise Refused("somebody else has sequenced meanwhile", reason="two-sequencers")
        reached("signed")
    reached("committed")
    return len(places)


def _lock() -> None:
    """A second guard on PostgreSQL, for sequencers on two machines."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def _places(entries: list, size: int, at: datetime | None) -> list[LogPlace]:  # type: ignore[type-arg]
    """Where `entries` will stand; an entry points at the place of what it acts on, which is older."""
    last = LogPlace.objects.filter(place=size - 1).values_list("logged_at", flat=True).first() or 0
    now = max(last, int(at.timestamp() if at else time.time()))
    known = {entry.pk: size + n for n, entry in enumerate(entries)}
    older = {entry.acts_on_id for entry in entries} - {None} - set(known)
    known |= dict(LogPlace.objects.filter(entry__in=older).values_list("entry_id", "place"))
    rows = []
    for place, entry in enumerate(entries, size):
        points_at = known[entry.acts_on_id] if entry.acts_on_id else None
        leaf = Leaf(entry.commitment, entry.kind, entry.op, now, points_at).entry()
        rows.append(LogPlace(place=place, entry=entry, logged_at=now, leaf=leaf))
    return rows


def _publish(edge: Edge) -> Edge:
    """Write what is signed and not yet published. Only a function of the rows: repeating it changes nothing."""
    state = LogState.objects.get()
    edge = edge.copy()

    def put(path: str, data: bytes) -> None:
        reached("tile")
        files.put(path, data)

    rows = LogPlace.objects.filter(place__gte=edge.size, place__lt=state.size).order_by("place")
    for place, leaf in rows.values_list("place", "leaf").iterator(chunk_size=BATCH):
        if place != edge.size:
            raise Refused(f"place {edge.size} is missing in the database", reason="gap")
        edge.append(bytes(leaf), put)
    if edge.size != state.size or edge.root() != bytes(state.root):
        raise Refused("the rows do not give the signed root", reason="bit-flip")
    for path, data in edge.partials():
        put(path, data)
    reached("tiles-written")
    files.put_checkpoint(checkpoint.parse(state.checkpoint))
    reached("checkpoint-written")
    return edge
