"""Keys as files: 32 bytes as hex, readable by their owner only, never overwritten. The log has one of its own."""

import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from tlog.errors import Refused
from tlog.keys import Ed25519Verifier

SECRET_BYTES = 32


def origin() -> str:
    """The log's name: a scheme-less address (c2sp.org/tlog-checkpoint)."""
    return str(settings.LOG_ORIGIN)


def create_secret(path: Path, secret: bytes) -> None:
    """Write a file with 32 secret bytes, whole or not at all. Raises FileExistsError rather than overwrite one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # readable by its owner only
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secret.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    finally:
        Path(name).unlink()


def load_secret(path: Path) -> bytes:
    """Read such a file. Raises Refused if it is missing or is none."""
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Refused(f"the key cannot be read: {path.name}", reason="no-key")
    return secret


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a key file. Raises FileExistsError rather than overwrite one."""
    key = Ed25519PrivateKey.generate()
    create_secret(path, key.private_bytes_raw())
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a key file. Raises Refused if it is missing or is none."""
    return Ed25519PrivateKey.from_private_bytes(load_secret(path))


def verifier(key: Ed25519PrivateKey) -> Ed25519Verifier:
    """The public side, under the log's name."""
    return Ed25519Verifier(origin(), key.public_key().public_bytes_raw())


def policy_text() -> str:
    """The policy file: our log, and no witness as long as no partner runs one. Raises Refused without a key."""
    key = load_key(Path(settings.LOG_KEY_FILE))
    return f"log {verifier(key).vkey()} {settings.SITE_URL}/log/\nquorum none\n"
