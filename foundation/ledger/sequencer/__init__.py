"""The one sequencer: gives entries their places, signs, publishes. Recovery is the normal way of working.

Order: (1) the business transaction inserts the entry; (2) one transaction gives places, computes the root, signs and
stores the checkpoint: the point of no return; (3) tiles and bundles are written from the rows; (4) witnesses are asked
for their cosignatures; (5) the checkpoint file is replaced. A crash anywhere is repaired by doing (3) to (5) again. It
refuses to sign when the published files, the memory beside the key, or a witness are ahead of the database (a backup
was restored), or when files, rows and checkpoint do not agree.
"""

import logging
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from foundation.ledger import files
from foundation.ledger.keys import Keyring
from foundation.ledger.models import LogEntry, LogPlace, LogState, LogWaiting
from foundation.ledger.sequencer import limits, points
from foundation.ledger.sequencer.limits import Watchdog, bounded
from foundation.ledger.sequencer.publishing import publish
from foundation.ledger.sequencer.recovery import keys_in_force, recover
from tlog.checkpoint import Checkpoint
from tlog.errors import Refused, TlogError
from tlog.leaf import Leaf
from tlog.tiles import Edge

logger = logging.getLogger(__name__)
BATCH = 4096
PATIENCE = 20  # times in a row that a sequencer lets others overtake it before it says so and ends
ADVISORY_LOCK = 0x78696E78  # "xinx"


def sequence(*, at: datetime | None = None, rebuild: bool = False) -> int:
    """Give every waiting entry its place and publish; returns how many. 0 if another sequencer is at work.

    `rebuild` writes every file again that is missing. Raises tlog.errors.Refused if going on could make a second
    history.
    """
    with files.exclusive() as alone:
        if not alone:
            return 0
        with bounded(), Watchdog(limits.STUCK_SECONDS) as dog:
            ring = keys_in_force(at)
            edge = recover(ring, dog.fed, rebuild=rebuild)
            done = overtaken = 0
            while True:
                try:
                    count = _sign_batch(edge, ring, at)
                except Overtaken:
                    overtaken += 1
                    if overtaken > PATIENCE:
                        raise
                    edge = recover(ring, dog.fed)
                    continue
                if not count:
                    return done
                dog.fed()
                edge = publish(edge, ring, dog.fed)
                done, overtaken = done + count, 0


class Overtaken(Refused):
    """A sequencer with another folder was faster. Nothing was written; what it wrote is read, and then it goes on."""

    def __init__(self) -> None:
        """With the reason `two-sequencers`."""
        super().__init__("somebody else has sequenced meanwhile", reason="two-sequencers")


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
    except (TlogError, OSError):
        logger.exception("ledger: the log does not go on")
        return 0


_kept_up = float("-inf")


def _sign_batch(edge: Edge, ring: Keyring, at: datetime | None) -> int:
    """One transaction: places, root, signature. The rows are read back before anything is signed."""
    with transaction.atomic():
        _lock()
        state = LogState.objects.select_for_update().get()
        entries = _waiting(state.size)
        if not entries:
            return 0
        if state.size != edge.size:
            raise Overtaken
        places = _places(entries, state.size, at)
        LogPlace.objects.bulk_create(places)
        LogWaiting.objects.filter(entry__in=entries).delete()
        points.at("placed")
        new = edge.copy()
        for leaf in LogPlace.objects.filter(place__gte=state.size).order_by("place").values_list("leaf", flat=True):
            new.append(bytes(leaf), lambda _path, _data: None)
        expected = edge.copy()
        for place in places:
            expected.append(bytes(place.leaf), lambda _path, _data: None)
        if new.size != state.size + len(places) or new.root() != expected.root():
            raise Refused("the rows are not what was written: nothing is signed", reason="bit-flip")
        signed = ring.sign(Checkpoint(ring.name, new.size, new.root()))
        moved = LogState.objects.filter(size=state.size).update(
            size=new.size, root=new.root(), checkpoint=signed.note(), signed_at=timezone.now()
        )
        if not moved:
            raise Overtaken
        points.at("signed")
    points.at("committed")
    return len(places)


def _waiting(size: int) -> list[LogEntry]:
    """What gets a place next, in order. A log that follows one that ended begins by saying so."""
    rows = LogWaiting.objects.select_related("entry")
    first = [] if size else list(rows.filter(entry__begins__isnull=False).order_by("-entry_id")[:1])
    others = rows.exclude(pk__in=[row.pk for row in first]).order_by("entry_id")[: BATCH - len(first)]
    return [row.entry for row in (*first, *others)]


def _lock() -> None:
    """A second guard on PostgreSQL, for sequencers on two machines."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def _places(entries: list[LogEntry], size: int, at: datetime | None) -> list[LogPlace]:
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
