"""The offline proof that a log has an entry (c2sp.org/tlog-proof@v1)."""

from dataclasses import dataclass

from tlog import checkpoint
from tlog.checkpoint import SignedCheckpoint
from tlog.errors import Malformed
from tlog.keys import b64, unb64
from tlog.merkle import HASH_SIZE, check_inclusion, leaf_hash

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """Where the entry stands, the way to the root, and the checkpoint. `extra` is not authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    signed: SignedCheckpoint
    extra: bytes | None = None

    def text(self) -> str:
        """The file `ID.tlog-proof`."""
        lines = [HEADER, *([] if self.extra is None else [f"extra {b64(self.extra)}"]), f"index {self.index}"]
        lines += [b64(value) for value in self.hashes]
        return "\n".join([*lines, "", self.signed.note()])

    def check_entry(self, entry: bytes) -> None:
        """Raises BadProof unless the checkpoint's tree has `entry` at the index. Signatures are another matter."""
        head = self.signed.checkpoint
        check_inclusion(leaf=leaf_hash(entry), index=self.index, size=head.size, proof=self.hashes, root_hash=head.root)


def parse(data: bytes | str) -> LogProof:
    """Read a proof file. Raises Malformed."""
    try:
        text = data if isinstance(data, str) else data.decode()
    except UnicodeDecodeError:
        raise Malformed("the proof is not UTF-8") from None
    head, found, rest = text.partition("\n\n")
    lines = head.split("\n")
    if not found or lines.pop(0) != HEADER or not lines:
        raise Malformed(f"a proof begins with {HEADER} and has an empty line before the checkpoint")
    extra = unb64(lines.pop(0)[6:]) if lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index "):
        raise Malformed("the proof has no index")
    index = checkpoint.number(lines.pop(0)[6:])
    if len(lines) > MAX_HASHES:
        raise Malformed("the proof has too many hashes")
    hashes = tuple(unb64(line) for line in lines)
    if any(len(value) != HASH_SIZE for value in hashes):
        raise Malformed("a hash does not have 32 bytes")
    return LogProof(index, hashes, checkpoint.parse(rest), extra)
