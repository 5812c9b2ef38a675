"""Write what is signed and not yet published: tiles, cosignatures, and last of all the head."""

import logging
import time
from collections.abc import Callable

from django.conf import settings

from foundation.ledger import files, keys
from foundation.ledger.keys import Keyring
from foundation.ledger.models import LogPlace, LogState
from foundation.ledger.sequencer import points, witnesses
from tlog import checkpoint, note
from tlog.checkpoint import SignedCheckpoint
from tlog.errors import Refused
from tlog.policy import Policy
from tlog.tiles import Edge

logger = logging.getLogger(__name__)
BATCH = 4096


def publish(edge: Edge, ring: Keyring, alive: Callable[[], None]) -> Edge:
    """Only a function of the rows, except for cosignatures: repeating it changes nothing. Returns the new edge."""
    state = LogState.objects.get()
    edge = _write_tiles(edge, state, alive)
    points.at("tiles-written")
    signed = checkpoint.parse(state.checkpoint)
    files.remember(signed)
    policy = keys.witness_policy()
    found = witnesses.collect(signed, policy)
    alive()
    points.at("asked")
    show(state, found.add_to(signed), policy, ring)
    return edge


def _write_tiles(edge: Edge, state: LogState, alive: Callable[[], None]) -> Edge:
    edge = edge.copy()

    def put(path: str, data: bytes) -> None:
        points.at("tile")
        files.put(path, data)

    rows = LogPlace.objects.filter(place__gte=edge.size, place__lt=state.size).order_by("place")
    for place, leaf in rows.values_list("place", "leaf").iterator(chunk_size=BATCH):
        if place != edge.size:
            raise Refused(f"place {edge.size} is missing in the database", reason="gap")
        edge.append(bytes(leaf), put)
        if place % BATCH == 0:
            alive()
    if edge.size != state.size or edge.root() != bytes(state.root):
        raise Refused("the rows do not give the signed root", reason="bit-flip")
    for path, data in edge.partials():
        put(path, data)
    return edge


def show(state: LogState, signed: SignedCheckpoint, policy: Policy, ring: Keyring) -> bool:
    """Publish a head, unless the setting says to wait for more cosignatures; returns whether it was published."""
    names = witnesses.signed_by(signed, policy)
    missing = [name for name in policy.witnesses if name not in names]
    is_enough = policy.is_reached(names)
    state.missing = ", ".join(missing)[:1000]
    if missing:
        logger.warning("ledger: the head of %d entries lacks %s", signed.checkpoint.size, state.missing)
    if not is_enough and settings.LOG_WITNESS_MISSING == "wait":
        state.save(update_fields=["missing"])
        return False
    text = keys.policy_text()
    files.put_policy(text + "\n" + "".join(note.sign(text, ring.name, key).line() for key in ring.keys))
    files.put_checkpoint(signed)
    points.at("checkpoint-written")
    size, kept = signed.checkpoint.size, state.before_size
    if is_enough:
        state.witnessed = signed.note()
    if size != state.shown_size:
        files.tidy(state.tidied_size, kept)  # two further heads have been shown since
        state.tidied_size, state.before_size, state.shown_size = kept, state.shown_size, size
    state.save(update_fields=["missing", "witnessed", "shown_size", "before_size", "tidied_size"])
    return True


def ask_again(state: LogState, shown: SignedCheckpoint, ring: Keyring, *, everybody: bool) -> None:
    """Of the head that is shown: collect what is missing or an hour old, or ask all what they remember.

    Raises Refused if one has seen more.
    """
    policy = keys.witness_policy()
    names = None if everybody else witnesses.wanted(shown, policy, time.time())
    if names == [] or not policy.witnesses:
        return
    found = witnesses.collect(shown, policy, names)
    if found.signatures:
        show(state, found.add_to(shown), policy, ring)
