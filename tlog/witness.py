"""A witness that a partner can run (c2sp.org/tlog-witness v1.0.0): cosigns a checkpoint only if the log only grew."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tlog import checkpoint, keys, mldsa
from tlog.checkpoint import SignedCheckpoint
from tlog.errors import BadProof, BadSignature, Malformed
from tlog.keys import Verifier
from tlog.merkle import check_consistency
from tlog.note import Signature

MAX_LINES = 63
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
Answer = tuple[int, str, str]


class Witness:
    """Remembers, per log, the newest checkpoint that it cosigned, in one file each below `folder`.

    Cosigns with Ed25519, or with ML-DSA-44 if it is given the seed of such a key.
    """

    def __init__(
        self, *, name: str, key: Ed25519PrivateKey, logs: list[Verifier], folder: Path, ml_dsa_seed: bytes | None = None
    ) -> None:
        self.name, self._key, self._folder = keys.check_name(name), key, folder
        self._logs, self._seed = logs, ml_dsa_seed
        folder.mkdir(parents=True, exist_ok=True)

    def add_checkpoint(self, body: bytes, *, now: int) -> Answer:
        """`(status, content type, text)` for the body of a POST to add-checkpoint; `now` is Unix time."""
        try:
            old, proof, signed = parse_request(body)
        except Malformed as wrong:
            return 400, TEXT_TYPE, f"{wrong}\n"
        except BadProof as wrong:
            return 422, TEXT_TYPE, f"{wrong}\n"
        head = signed.checkpoint
        known = [key for key in self._logs if key.name == head.origin]
        if not known:
            return 404, TEXT_TYPE, "this log is unknown here\n"
        try:
            signed.verify(known)
        except BadSignature as wrong:
            return 403, TEXT_TYPE, f"{wrong}\n"
        if old > head.size:
            return 400, TEXT_TYPE, "the old size is larger than the checkpoint\n"
        with self._locked(head.origin):
            return self._compare(old, proof, signed, now)

    def _compare(self, old: int, proof: list[bytes], signed: SignedCheckpoint, now: int) -> Answer:
        head, last = signed.checkpoint, self.last(signed.checkpoint.origin)
        if old != (last.checkpoint.size if last else 0):
            return 409, SIZE_TYPE, f"{last.checkpoint.size if last else 0}\n"
        try:
            if old == 0 and proof:
                raise BadProof("from an empty tree there is nothing to prove")
            if last and old:
                check_consistency(
                    old=old, new=head.size, proof=proof, old_root=last.checkpoint.root, new_root=head.root
                )
        except BadProof as wrong:
            return 422, TEXT_TYPE, f"{wrong}\n"
        mine = self._cosign(head.text(), now)
        known = {(key.name, key.key_id) for key in self._logs}
        by_log = tuple(s for s in signed.signatures if (s.name, s.key_id) in known)  # nothing of strangers is kept
        self._store(SignedCheckpoint(head, (*by_log, mine)))
        return 200, TEXT_TYPE, mine.line()

    def _cosign(self, text: str, now: int) -> Signature:
        if self._seed is not None:
            return mldsa.cosign(text, self.name, self._seed, now)
        return checkpoint.cosign(text, self.name, self._key, now)

    def last(self, origin: str) -> SignedCheckpoint | None:
        """The newest checkpoint of a log that this witness cosigned."""
        try:
            return checkpoint.parse(self._path(origin).read_bytes())
        except FileNotFoundError:
            return None

    def monitored(self, hashed_origin: str) -> bytes | None:
        """The file served at `<hash of the origin>/checkpoint`."""
        for key in self._logs:
            if sha256(key.name.encode()).hexdigest() == hashed_origin:
                signed = self.last(key.name)
                return signed.note().encode() if signed else None
        return None

    def _path(self, origin: str) -> Path:
        return self._folder / f"{sha256(origin.encode()).hexdigest()}.checkpoint"

    @contextmanager
    def _locked(self, origin: str) -> Iterator[None]:
        with self._path(origin).with_suffix(".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _store(self, signed: SignedCheckpoint) -> None:
        """On disk before anybody hears of it."""
        write_durably(self._path(signed.checkpoint.origin), signed.note().encode())


def write_durably(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace a file so that after a power cut it has the old or the new bytes, and the folder knows it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    settle(path.parent)


def settle(path: Path) -> None:
    """Have a file or folder on the disk, not only in the computer's memory."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def parse_request(body: bytes) -> tuple[int, list[bytes], SignedCheckpoint]:
    """`(old size, proof, checkpoint)` of an add-checkpoint request. Raises Malformed."""
    head, found, rest = body.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if not found or not lines[0].startswith("old ") or len(lines) > MAX_LINES + 1:
        raise Malformed("a request has an old size, at most 63 hashes, an empty line and a checkpoint")
    return checkpoint.number(lines[0][4:]), [keys.unb64(line) for line in lines[1:]], checkpoint.parse(rest)


def request(old: int, proof: list[bytes], signed: SignedCheckpoint) -> bytes:
    """The body of an add-checkpoint request."""
    lines = [f"old {old}", *(keys.b64(value) for value in proof), "", signed.note()]
    return "\n".join(lines).encode()
