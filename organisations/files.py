"""Rosters as they wait for a decision: encrypted, because they hold ID numbers, and only as long as they must."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.crypto import salted_hmac

from foundation.identifiers import code12
from organisations.models import RosterImport, private_storage

NONCE_BYTES = 12


def _cipher() -> AESGCM:
    key = salted_hmac("organisations.rosters", "file", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return AESGCM(key)


def keep(data: bytes) -> str:
    """Store a file under a random name, encrypted; returns the name."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + _cipher().encrypt(nonce, data, None)
    return private_storage().save(f"rosters/{code12()}", ContentFile(sealed))


def read(roster: RosterImport) -> bytes | None:
    """The file as it was uploaded; None if it is gone."""
    if not roster.file:
        return None
    try:
        with roster.file.open("rb") as stored:
            sealed = stored.read()
    except FileNotFoundError:
        return None
    return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)


def forget(name: str) -> None:
    """Remove a stored file."""
    if name:
        private_storage().delete(name)
