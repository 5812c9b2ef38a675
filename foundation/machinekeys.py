"""Keys of other systems: `PREFIX-SECRET`, of which the hash of the secret is kept and the text is shown once."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeVar

from foundation.identifiers import random_code

PREFIX, SECRET = 8, 32  # characters of five bits


class UnknownKey(PermissionError):
    """No key, a wrong one, one that has expired or was revoked: nobody can tell which."""


class Hashed(Protocol):
    """A stored key."""

    secret_sha256: str


Key = TypeVar("Key", bound=Hashed)


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a new key is stored as, and the text that its system is given."""

    prefix: str
    secret_sha256: str
    text: str


def new_key() -> NewKey:
    """A random key of 160 bits."""
    prefix, secret = random_code(PREFIX), random_code(SECRET)
    return NewKey(prefix, _hash(secret), f"{prefix}-{secret}")


def opened(text: str, find: Callable[[str], Key | None]) -> Key:
    """The key behind a text; `find` looks one in force up by its prefix. Raises UnknownKey."""
    prefix, _dash, secret = text.partition("-")
    key = find(prefix)
    expected = key.secret_sha256 if key else "0" * 64  # as much work without a key
    if not hmac.compare_digest(_hash(secret), expected) or key is None:
        raise UnknownKey
    return key


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
