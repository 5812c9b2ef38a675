"""The log's own key: one file with 32 bytes as hex, readable by its owner only, never overwritten."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from tlog.errors import Refused
from tlog.keys import Ed25519Verifier


def origin() -> str:
    """The log's name: a scheme-less address (c2sp.org/tlog-checkpoint)."""
    return str(settings.LOG_ORIGIN)


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a key file. Raises FileExistsError rather than overwrite one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.private_bytes_raw().hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a key file. Raises Refused if it is missing or is none."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError):
        raise Refused(f"the log's key cannot be read: {path.name}", reason="no-key") from None


def verifier(key: Ed25519PrivateKey) -> Ed25519Verifier:
    """The public side, under the log's name."""
    return Ed25519Verifier(origin(), key.public_key().public_bytes_raw())


def policy_text() -> str:
    """The policy file: our log, and no witness as long as no partner runs one. Raises Refused without a key."""
    key = load_key(Path(settings.LOG_KEY_FILE))
    return f"log {verifier(key).vkey()} {settings.SITE_URL}/log/\nquorum none\n"
