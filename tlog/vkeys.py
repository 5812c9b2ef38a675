"""From a vkey to what checks its signatures: Ed25519 (0x01, 0x04), ML-DSA-44 (0x06), SM2 with SM3 (0xff)."""

from collections.abc import Callable

from tlog import keys, sm2
from tlog.checkpoint import Cosigner
from tlog.errors import Malformed
from tlog.keys import COSIGNATURE, ED25519, ML_DSA_44, OTHER, Ed25519Verifier, Verifier
from tlog.mldsa import PUBLIC_SIZE, MlDsaVerifier

KINDS: dict[int, tuple[Callable[[str, bytes], Verifier], int]] = {
    ED25519: (Ed25519Verifier, 32),
    COSIGNATURE: (Cosigner, 32),
    ML_DSA_44: (MlDsaVerifier, PUBLIC_SIZE),
    OTHER: (sm2.Sm2Verifier, sm2.PUBLIC_SIZE),
}


def verifier(vkey: str) -> Verifier:
    """The key of a log or a witness. Raises Malformed for other types."""
    name, kind, public = keys.parse_vkey(vkey)
    make, size = KINDS.get(kind, (None, 0))
    if make is None or len(public) != size:
        raise Malformed("only Ed25519, ML-DSA-44 and SM2 keys are supported")
    return make(name, public)


def is_of_log(key: Verifier) -> bool:
    """The key may sign as a log."""
    return key.kind in (ED25519, ML_DSA_44, OTHER)


def is_of_witness(key: Verifier) -> bool:
    """The key may sign as a witness (c2sp.org/tlog-cosignature)."""
    return key.kind in (COSIGNATURE, ML_DSA_44)
