"""Ask the witnesses for their cosignatures (c2sp.org/tlog-witness): all at once, in two seconds, or without them.

A witness that has seen more of this log than the database knows, or another one, is a reason to stop: database and
files were rolled back together, and only it remembers.
"""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from django.conf import settings

from foundation.ledger import files, keys
from foundation.ledger.models import LogWitness
from tlog.checkpoint import SignedCheckpoint, cosigned_at
from tlog.errors import Refused, TlogError
from tlog.keys import Verifier
from tlog.note import Signature
from tlog.policy import Policy
from tlog.reader import Reader
from tlog.witness_http import OtherSize, Unreachable, ask, remembered

logger = logging.getLogger(__name__)
RETRY_SECONDS = 10.0  # one that did not answer is left alone so long
REFRESH_SECONDS = 3600  # a cosignature says until when nothing newer was seen
_quiet_until: dict[tuple[str, str], float] = {}


@dataclass(slots=True)
class Round:
    """What came of asking: cosignatures by the witness's name, and why those who are missing are."""

    signatures: dict[str, list[Signature]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def add_to(self, signed: SignedCheckpoint) -> SignedCheckpoint:
        """The checkpoint with what was collected; a new cosignature replaces an older one by the same key."""
        new = [signature for rows in self.signatures.values() for signature in rows]
        replaced = {(signature.name, signature.key_id) for signature in new}
        kept = tuple(s for s in signed.signatures if (s.name, s.key_id) not in replaced)
        return SignedCheckpoint(signed.checkpoint, (*kept, *new))


def signed_by(signed: SignedCheckpoint, policy: Policy) -> list[str]:
    """The names of the witnesses whose cosignatures stand there. They were verified when they came."""
    there = {(signature.name, signature.key_id) for signature in signed.signatures}
    return [name for name, key in policy.witnesses.items() if (key.name, key.key_id) in there]


def wanted(signed: SignedCheckpoint, policy: Policy, now: float) -> list[str]:
    """The witnesses to ask about a checkpoint: those that are missing on it, or whose word is an hour old."""
    fresh = set()
    for name, key in policy.witnesses.items():
        mine = [s.value for s in signed.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
        if any(cosigned_at(value) > now - REFRESH_SECONDS for value in mine):
            fresh.add(name)
    return [name for name in policy.witnesses if name in policy.urls and name not in fresh]


def collect(signed: SignedCheckpoint, policy: Policy, names: list[str] | None = None) -> Round:
    """Ask the witnesses of these names (else all that have an address). Raises Refused if one has seen more."""
    found = Round()
    asked: dict[Future[tuple[list[Signature], int]], str] = {}
    sizes = dict(LogWitness.objects.values_list("name", "size"))
    pool = ThreadPoolExecutor(max_workers=max(1, len(policy.witnesses)), thread_name_prefix="witness")
    limit = float(settings.LOG_WITNESS_SECONDS)
    for name in policy.urls if names is None else names:
        if name not in policy.witnesses:
            continue
        if _quiet_until.get((str(files.folder()), name), 0.0) > time.monotonic():
            found.missing[name] = "did not answer a moment ago"
            continue
        known = min(sizes.get(name, 0), signed.checkpoint.size)
        asked[pool.submit(_one, policy.urls[name], policy.witnesses[name], known, signed, limit)] = name
    wait(asked, timeout=limit)
    pool.shutdown(wait=False, cancel_futures=True)
    for future, name in asked.items():
        _take(found, name, future, sizes)
    return found


def _take(found: Round, name: str, future: "Future[tuple[list[Signature], int]]", sizes: dict[str, int]) -> None:
    if not future.done():
        problem: TlogError = Unreachable("no answer in time")
    else:
        try:
            found.signatures[name], size = future.result()
        except Refused:
            raise
        except TlogError as wrong:
            problem = wrong
        else:
            if sizes.get(name) != size:
                LogWitness.objects.update_or_create(name=name, defaults={"size": size})
            return
    logger.warning("ledger: no cosignature of %s: %s", name, problem)
    found.missing[name] = str(problem)
    _quiet_until[str(files.folder()), name] = time.monotonic() + RETRY_SECONDS


def _one(url: str, key: Verifier, old: int, signed: SignedCheckpoint, limit: float) -> tuple[list[Signature], int]:
    """Ask one witness, twice if it remembers another size than we thought. Touches no database: it runs in a thread."""
    head, ends = signed.checkpoint, time.monotonic() + limit
    reader = Reader(head.size, head.root, files.get)
    for _attempt in range(3):
        try:
            left = max(0.05, ends - time.monotonic())
            return ask(url, key, old, reader.continuation(old), signed, timeout=left), head.size
        except OtherSize as other:
            if other.size > head.size:
                raise _seen_more(url, key, signed, other.size, limit) from None
            old = other.size
        except Unreachable as wrong:
            if wrong.reason == "refused":
                text = f"the witness {key.name} remembers another history of this log: {wrong}"
                raise Refused(text, reason="two-histories") from None
            raise
    raise Unreachable("the witness does not make up its mind")


def _seen_more(url: str, key: Verifier, signed: SignedCheckpoint, size: int, limit: float) -> Refused:
    """Also without evidence: signing on could make a second history. Whoever knows better removes the witness."""
    text = f"the witness {key.name} has seen {size} entries, the database has {signed.checkpoint.size}"
    try:
        shown = remembered(url, signed.checkpoint.origin, timeout=limit)
        shown.verify(keys.keyring(signed.checkpoint.origin).verifiers())
        text += f"; it shows our signature under {shown.checkpoint.size}"
    except TlogError as wrong:
        text += f"; it does not show our signature ({wrong})"
    return Refused(f"{text}: a backup was restored", reason="rolled-back")
