"""ML-DSA-44 cosignatures, type 0x06 (c2sp.org/tlog-cosignature, FIPS 204): by a log over its own head, or by a witness.

Needs a `cryptography` that has ML-DSA (version 50 does); without it such keys are refused with a reason. What is signed
holds the signer's name, a time, and the checkpoint's origin, size and root, but none of its further lines.
"""

import struct
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from tlog import keys
from tlog.checkpoint import MAX_TIME, Checkpoint, head_of
from tlog.errors import BadSignature, Malformed
from tlog.keys import ML_DSA_44
from tlog.note import Signature

try:
    from cryptography.hazmat.primitives.asymmetric import mldsa
except ImportError:  # an older version of it
    mldsa = None  # type: ignore[assignment]

PUBLIC_SIZE, SIGNATURE_SIZE, SEED_SIZE = 1312, 2420, 32
LABEL = b"subtree/v1\n\0"


def _message(head: Checkpoint, name: str, seconds: int) -> bytes:
    """The structure `cosigned_message` of a whole tree."""
    named, origin = name.encode(), head.origin.encode()
    if not (0 < len(named) < 256 and 0 < len(origin) < 256):
        raise Malformed("names have at most 255 bytes")
    parts = [LABEL, bytes([len(named)]), named, struct.pack(">Q", seconds), bytes([len(origin)]), origin]
    return b"".join([*parts, struct.pack(">QQ", 0, head.size), head.root])


@dataclass(frozen=True, slots=True)
class MlDsaVerifier:
    """A vkey of type 0x06."""

    name: str
    public: bytes
    kind: int = ML_DSA_44

    @property
    def key_id(self) -> bytes:
        """The four bytes that point to this key."""
        return keys.key_id(self.name, self.kind, self.public)

    def vkey(self) -> str:
        """The key as text."""
        return keys.format_vkey(self.name, self.kind, self.public)

    def verify(self, text: str, value: bytes) -> None:
        """Raises BadSignature unless `value` (a time of 8 bytes, then the signature) is one over the checkpoint."""
        if len(value) != 8 + SIGNATURE_SIZE:
            raise BadSignature("an ML-DSA-44 cosignature has 2428 bytes")
        (seconds,) = struct.unpack(">Q", value[:8])
        if seconds > MAX_TIME:
            raise BadSignature("the cosignature's time is too large")
        try:
            message = _message(head_of(text), self.name, seconds)
            _module().MLDSA44PublicKey.from_public_bytes(self.public).verify(value[8:], message)
        except (InvalidSignature, ValueError):
            raise BadSignature("the ML-DSA-44 signature does not verify") from None


def _module() -> Any:
    if mldsa is None or not hasattr(mldsa, "MLDSA44PrivateKey"):
        raise Malformed("ML-DSA-44 needs a newer version of the package cryptography", reason="unsupported")
    return mldsa


def private_key(seed: bytes) -> Any:
    """The private key of a seed of 32 bytes. Raises Malformed where ML-DSA is not supported."""
    try:
        return _module().MLDSA44PrivateKey.from_seed_bytes(seed)
    except UnsupportedAlgorithm:
        raise Malformed("ML-DSA-44 is not supported here", reason="unsupported") from None


def verifier_of(name: str, seed: bytes) -> MlDsaVerifier:
    """The public side of a seed."""
    return MlDsaVerifier(keys.check_name(name), private_key(seed).public_key().public_bytes_raw())


def cosign(text: str, name: str, seed: bytes, seconds: int) -> Signature:
    """Sign the note text of a checkpoint at `seconds` (Unix time)."""
    value = private_key(seed).sign(_message(head_of(text), name, seconds))
    return Signature(name, verifier_of(name, seed).key_id, struct.pack(">Q", seconds) + value)
