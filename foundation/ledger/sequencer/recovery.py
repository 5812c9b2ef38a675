"""Before anything is signed: bring the files up to the signed state, and compare every memory of the log."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from foundation.ledger import actions, files, keys
from foundation.ledger.keys import Keyring
from foundation.ledger.models import LogKey, LogPlace, LogShard, LogState
from foundation.ledger.sequencer import points
from foundation.ledger.sequencer.publishing import ask_again, publish
from tlog import checkpoint
from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.errors import Refused
from tlog.keys import parse_vkey
from tlog.merkle import EMPTY_ROOT
from tlog.reader import Reader
from tlog.tiles import Edge, load_edge

Alive = Callable[[], None]
_looked: set[str] = set()  # folders whose witnesses this process has asked what they remember


def keys_in_force(at: datetime | None) -> Keyring:
    """The key file; a log that never began makes one. Keys that are new sign from now on, and the log says so."""
    path = Path(settings.LOG_KEY_FILE)
    state = LogState.objects.first()
    if not path.exists() and state is None and files.published() is None and not LogShard.objects.exists():
        keys.create_key(path)
    ring = keys.keyring()
    public = {key.public_key().public_bytes_raw() for key in ring.keys}
    for vkey in LogKey.objects.exclude(revoked_at=None).values_list("vkey", flat=True):
        if parse_vkey(vkey)[2] in public:
            raise Refused("the key was revoked; make a new one", reason="revoked-key")
    if state is not None:
        if state.origin != ring.name:
            raise Refused(f"this database belongs to the log {state.origin}", reason="other-log")
        checkpoint.parse(state.checkpoint).verify(ring.verifiers())
        vkeys = [verifier.vkey() for verifier in ring.verifiers()]
        in_force = LogKey.objects.filter(revoked_at=None, retired_at=None).values_list("vkey", flat=True)
        if set(in_force) != set(vkeys):
            actions.note_keys(vkeys=vkeys, at=at)
    return ring


def recover(ring: Keyring, alive: Alive, *, rebuild: bool = False) -> Edge:
    """Bring the published files up to the signed state; returns the edge of the tree. Raises Refused."""
    shown = _shown()
    state = LogState.objects.first()
    if state is None:
        if shown is not None:
            raise Refused("a log is published whose database is gone", reason="rolled-back")
        return _begin(ring)
    remembered = files.remembered()
    _not_ahead(state, remembered, "the memory beside the key is")
    if shown is None or rebuild:
        return publish(Edge(), ring, alive)
    _not_ahead(state, shown, "the published log is")
    edge = load_edge(shown.checkpoint.size, files.get)
    if edge.root() != shown.checkpoint.root:
        raise Refused("the published tiles do not give the published root", reason="other-bytes")
    _same_rows(edge)
    folder = str(files.folder())
    if shown.checkpoint.size < state.size:
        edge = publish(edge, ring, alive)
    elif edge.root() != bytes(state.root):
        raise Refused("files and database have the same size and other roots", reason="two-histories")
    else:
        ask_again(state, shown, ring, everybody=folder not in _looked)
    _looked.add(folder)
    if remembered is not None and remembered.checkpoint.origin == state.origin:
        head = remembered.checkpoint
        Reader(edge.size, edge.root(), files.get).consistency(head.size, head.root)
    return edge


def _shown() -> SignedCheckpoint | None:
    """The published head. The files of a log that ended are put aside first."""
    shown = files.published()
    if shown is not None:
        ended = LogShard.objects.filter(origin=shown.checkpoint.origin).first()
        if ended is not None:
            files.set_aside(ended.number, ended.checkpoint)
            return None
    return shown


def _begin(ring: Keyring) -> Edge:
    remembered = files.remembered()
    if remembered is not None and remembered.checkpoint.origin == ring.name and remembered.checkpoint.size:
        raise Refused("a log of this name was signed here before; its database is gone", reason="rolled-back")
    signed = ring.sign(Checkpoint(ring.name, 0, EMPTY_ROOT))
    LogState.objects.create(
        origin=ring.name, size=0, root=EMPTY_ROOT, checkpoint=signed.note(), signed_at=timezone.now()
    )
    actions.note_keys(vkeys=[verifier.vkey() for verifier in ring.verifiers()])
    points.at("state-made")
    files.put_checkpoint(signed)
    return Edge()


def _not_ahead(state: LogState, seen: SignedCheckpoint | None, what: str) -> None:
    """What was once signed is not larger than what the database knows. Raises Refused."""
    if seen is None or seen.checkpoint.origin != state.origin:
        return
    if seen.checkpoint.size > state.size:
        raise Refused(f"{what} ahead of the database: a backup was restored", reason="rolled-back")
    if seen.checkpoint.size == state.size and seen.checkpoint.root != bytes(state.root):
        raise Refused("the same size was signed with another root", reason="two-histories")


def _same_rows(edge: Edge) -> None:
    """The rows of the last bundle are those that were published: what is signed next stands on them."""
    first = edge.size - len(edge.bundle)
    rows = LogPlace.objects.filter(place__gte=first, place__lt=edge.size).order_by("place")
    if [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)] != edge.bundle:
        raise Refused("the rows of the last entries are not what was published", reason="bit-flip")
