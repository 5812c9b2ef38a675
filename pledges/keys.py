"""The issuer's keys, which sign public records and seal PDFs, and the key that opens the evidence of signatures."""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db.models import QuerySet

from foundation import sealkeys
from foundation.ledger.keys import SECRET_BYTES, create_secret, load_secret
from foundation.pdfseal import Seal
from pledges import pdf_seals
from pledges.models import IssuerKey, SealedEvidence

NONCE_BYTES = 12
EVIDENCE_FORMAT = b"\x01"


def did() -> str:
    """The issuer as a did:web: its keys stand at /.well-known/did.json of this host (W3C CCG did:web method)."""
    return f"did:web:{quote(settings.SITE_URL.split('://')[-1].split('/')[0], safe='')}"


def method_of(public: bytes) -> str:
    """The address of a public key: the issuer and a mark that belongs to this key only."""
    return f"{did()}#key-{sha256(public).hexdigest()[:16]}"


def issuer_key() -> Ed25519PrivateKey:
    """The key in use; made if none was ever used. Raises tlog.errors.Refused if it is gone."""
    return Ed25519PrivateKey.from_private_bytes(
        _secret(settings.ISSUER_KEY_FILE, IssuerKey.objects.filter(method__contains="#key-"))
    )


def pdf_seal() -> Seal:
    """What seals PDFs; made with a certificate of its own if none was ever used. Raises tlog.errors.Refused if gone."""
    path = Path(settings.SEAL_KEY_FILE)
    if not path.exists() and not IssuerKey.objects.filter(method__contains="#seal-").exists():
        with suppress(FileExistsError):
            sealkeys.create(path, str(settings.WAGTAIL_SITE_NAME), pdf_seals.list_address())
    return Seal(path, pdf_seals.time_service())


def seal_method_of(multibase: str) -> str:
    """The address of a key that seals PDFs."""
    return f"{did()}#seal-{sha256(multibase.encode()).hexdigest()[:16]}"


def _secret(file: str, uses: QuerySet[Any]) -> bytes:
    """The key in `file`; made if there are no `uses` of one yet."""
    path = Path(file)
    if not path.exists() and not uses.exists():
        with suppress(FileExistsError):  # another process was first: its key is the key
            create_secret(path, token_bytes(SECRET_BYTES))
    return load_secret(path)


def seal(data: bytes, *, about: str) -> bytes:
    """Encrypt evidence; `about` (the letter's code) is bound to it. Raises tlog.errors.Refused if the key is gone."""
    nonce = token_bytes(NONCE_BYTES)
    key = AESGCM(_secret(settings.EVIDENCE_KEY_FILE, SealedEvidence.objects.all()))
    return EVIDENCE_FORMAT + nonce + key.encrypt(nonce, data, about.encode())


def unseal(sealed: bytes, *, about: str) -> bytes:
    """The inverse of `seal`. Raises cryptography.exceptions.InvalidTag if a byte of it or the letter is another."""
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    key = AESGCM(load_secret(Path(settings.EVIDENCE_KEY_FILE)))
    return key.decrypt(nonce, rest, about.encode())
