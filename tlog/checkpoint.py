"""The signed head of a log (c2sp.org/tlog-checkpoint v1.0.0) and witness cosignatures (c2sp.org/tlog-cosignature)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tlog import keys, note
from tlog.errors import BadProof, BadSignature, Malformed
from tlog.keys import COSIGNATURE, Verifier
from tlog.merkle import EMPTY_ROOT, HASH_SIZE
from tlog.note import Signature

MAX_TIME = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries a log has, and the root hash over them. `extensions` are further lines, which we never write."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text that is signed."""
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), keys.b64(self.root), *self.extensions))


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with its signature lines, of which nothing is verified yet."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    def note(self) -> str:
        """The file as it is published."""
        return self.checkpoint.text() + "\n" + "".join(signature.line() for signature in self.signatures)

    def verify(self, trusted: Sequence[Verifier]) -> list[Verifier]:
        """Those of `trusted` that signed. Raises BadSignature if none did, or if one of theirs fails."""
        return note.verify(self.checkpoint.text(), self.signatures, trusted)

    def with_signatures(self, more: Sequence[Signature]) -> "SignedCheckpoint":
        """The same checkpoint with further signatures; none stands there twice."""
        known = set(self.signatures)
        return SignedCheckpoint(self.checkpoint, (*self.signatures, *(s for s in more if s not in known)))


def number(text: str) -> int:
    """A decimal without leading zeroes, below 2^63. Raises Malformed."""
    if not (text.isascii() and text.isdigit()) or (text != "0" and text.startswith("0")) or len(text) > 19:
        raise Malformed("this is not a decimal number")
    if int(text) > MAX_TIME:
        raise Malformed("the number is too large")
    return int(text)


def parse(data: bytes | str) -> SignedCheckpoint:
    """Read a published checkpoint. Raises Malformed, or BadProof for an empty log with another root."""
    text, signatures = note.parse(data)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or "" in lines:
        raise Malformed("a checkpoint has an origin, a size and a root")
    root_hash = keys.unb64(lines[2])
    if len(root_hash) != HASH_SIZE:
        raise Malformed("the root hash does not have 32 bytes")
    head = Checkpoint(lines[0], number(lines[1]), root_hash, tuple(lines[3:]))
    if head.size == 0 and head.root != EMPTY_ROOT:
        raise BadProof("an empty log has the root of the empty tree")
    return SignedCheckpoint(head, tuple(signatures))


def head_of(text: str) -> Checkpoint:
    """The checkpoint that a note text says. Raises Malformed or BadProof."""
    return parse(text + "\n" + Signature("none", bytes(4), b"\0").line()).checkpoint


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> SignedCheckpoint:
    """Sign as the log: the key's name is the origin."""
    return SignedCheckpoint(checkpoint, (note.sign(checkpoint.text(), checkpoint.origin, key),))


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's vkey of type 0x04: Ed25519 over a time and the checkpoint."""

    name: str
    public: bytes
    kind: int = COSIGNATURE

    @property
    def key_id(self) -> bytes:
        """The four bytes that point to this key."""
        return keys.key_id(self.name, self.kind, self.public)

    def vkey(self) -> str:
        """The key as text."""
        return keys.format_vkey(self.name, self.kind, self.public)

    def verify(self, text: str, value: bytes) -> None:
        """Raises BadSignature unless `value` (a time of 8 bytes, then the signature) is one over `text`."""
        if len(value) != 72:
            raise BadSignature("a cosignature has 72 bytes")
        keys.check_ed25519(self.public, value[8:], _cosigned(text, cosigned_at(value)))


def cosigned_at(value: bytes) -> int:
    """The Unix time inside a cosignature. Raises BadSignature if it is too large."""
    (seconds,) = struct.unpack(">Q", value[:8])
    if seconds > MAX_TIME:
        raise BadSignature("the cosignature's time is too large")
    return int(seconds)


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(text: str, name: str, key: Ed25519PrivateKey, seconds: int) -> Signature:
    """Cosign the note text of a checkpoint at `seconds` (Unix time)."""
    public = key.public_key().public_bytes_raw()
    value = struct.pack(">Q", seconds) + key.sign(_cosigned(text, seconds))
    return Signature(keys.check_name(name), keys.key_id(name, COSIGNATURE, public), value)
