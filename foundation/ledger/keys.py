"""Keys as files: 32 bytes as hex, readable by their owner only. The log has one of its own, two while they change.

A key file has one key a line, the newest first. Nothing is ever overwritten except by a rotation, which keeps the keys.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from foundation.ledger.models import LogKey, LogShard
from tlog import checkpoint, mldsa, policy, sm2
from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.errors import Refused, TlogError
from tlog.keys import Ed25519Verifier, Verifier
from tlog.note import Signature
from tlog.policy import Policy
from tlog.witness import write_durably

SECRET_BYTES = 32


def origin() -> str:
    """The log's name: a scheme-less address (c2sp.org/tlog-checkpoint). One after another that ended has a number."""
    ended = LogShard.objects.count()
    return f"{settings.LOG_ORIGIN}/{ended + 1}" if ended else str(settings.LOG_ORIGIN)


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
    (secret, *more) = load_secrets(path)
    if more:
        raise Refused(f"there are two keys in {path.name}", reason="no-key")
    return secret


def load_secrets(path: Path) -> list[bytes]:
    """The keys of a file, the newest first. Raises Refused if it is missing or is none."""
    try:
        secrets = [bytes.fromhex(line) for line in path.read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        secrets = []
    if not secrets or any(len(secret) != SECRET_BYTES for secret in secrets):
        raise Refused(f"the key cannot be read: {path.name}", reason="no-key")
    return secrets


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a key file. Raises FileExistsError rather than overwrite one."""
    key = Ed25519PrivateKey.generate()
    create_secret(path, key.private_bytes_raw())
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a key file, the newest key of it. Raises Refused if it is missing or is none."""
    return Ed25519PrivateKey.from_private_bytes(load_secrets(path)[0])


def keep_secrets(path: Path, secrets: Sequence[bytes]) -> None:
    """Put these keys, the newest first, in the place of those in the file: all or nothing, its owner's alone."""
    write_durably(path, "".join(secret.hex() + "\n" for secret in secrets).encode(), mode=0o600)


def verifier(key: Ed25519PrivateKey) -> Ed25519Verifier:
    """The public side, under the log's name."""
    return Ed25519Verifier(origin(), key.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Keyring:
    """What signs the log on this host: Ed25519 keys, the newest first, and further ones if their files are named."""

    name: str
    keys: tuple[Ed25519PrivateKey, ...]

    def verifiers(self) -> list[Ed25519Verifier]:
        """The public sides, the newest first."""
        return [Ed25519Verifier(self.name, key.public_key().public_bytes_raw()) for key in self.keys]

    def sign(self, head: Checkpoint) -> SignedCheckpoint:
        """Sign a head with every key. Raises TlogError if a further key does not work: better none than fewer."""
        signed = checkpoint.sign(head, self.keys[0])
        lines = [line for key in self.keys[1:] for line in checkpoint.sign(head, key).signatures]
        return signed.with_signatures([*lines, *self._further(head.text())])

    def _further(self, text: str) -> list[Signature]:
        lines = []
        if settings.LOG_ML_DSA_KEY_FILE:
            seed = load_secret(Path(settings.LOG_ML_DSA_KEY_FILE))
            lines.append(mldsa.cosign(text, self.name, seed, int(timezone.now().timestamp())))
        if settings.LOG_SM2_KEY_FILE:
            lines.append(sm2.sign(text, self.name, Path(settings.LOG_SM2_KEY_FILE)))
        return lines


def keyring(name: str = "") -> Keyring:
    """The keys of this host, for the log of that name if not for the present one. Raises Refused without one."""
    secrets = load_secrets(Path(settings.LOG_KEY_FILE))
    return Keyring(name or origin(), tuple(Ed25519PrivateKey.from_private_bytes(secret) for secret in secrets))


def further_verifiers() -> list[Verifier]:
    """The public sides of ML-DSA-44 and SM2 keys, where their files are at hand. Raises TlogError."""
    found: list[Verifier] = []
    if settings.LOG_ML_DSA_KEY_FILE:
        found.append(mldsa.verifier_of(origin(), load_secret(Path(settings.LOG_ML_DSA_KEY_FILE))))
    if settings.LOG_SM2_KEY_FILE:
        found.append(sm2.verifier_of(origin(), Path(settings.LOG_SM2_KEY_FILE)))
    return found


def witness_lines() -> str:
    """Whom to ask for cosignatures and how many are enough, as it stands in a policy. Raises Refused for nonsense."""
    if not settings.LOG_WITNESS_FILE:
        return "quorum none\n"
    try:
        text = Path(settings.LOG_WITNESS_FILE).read_text(encoding="utf-8")
        logs = policy.parse(text).logs
    except (OSError, UnicodeError, TlogError) as wrong:
        raise Refused(f"the witnesses cannot be read: {wrong}", reason="bad-policy") from None
    if logs:
        raise Refused("the file of the witnesses names a log; it is ours that is meant", reason="bad-policy")
    return text if text.endswith("\n") else text + "\n"


def witness_policy() -> Policy:
    """The same, read."""
    return policy.parse(witness_lines())


def policy_text() -> str:
    """The policy file: our keys, also retired ones, which still prove what they signed; and the witnesses.

    Raises Refused if there is neither a log nor a key.
    """
    vkeys = list(LogKey.objects.filter(revoked_at=None).order_by("-pk").values_list("vkey", flat=True))
    if not vkeys:
        vkeys = [verifier(load_key(Path(settings.LOG_KEY_FILE))).vkey()]
    lines = "".join(f"log {vkey} {settings.SITE_URL}/log/\n" for vkey in vkeys)
    return lines + witness_lines()
