"""The seal of PDFs beyond its key: its authority, its list of revoked certificates, and time stamps."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.files.storage import storages

from foundation import sealkeys
from foundation.pdfseal import Seal

LIST = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)
STAMPED = b"/ETSI.RFC3161"


def list_address() -> str:
    """Where the list of revoked certificates of the seal is published."""
    return f"{settings.SITE_URL}/.well-known/seal.crl"


def time_service() -> Any:
    """The time-stamp service for PDFs; None if none is configured."""
    if not settings.TSA_URL:
        return None
    from foundation.pdftime import service  # pyHanko's reader only where there is a service

    return service(settings.TSA_URL)


def seal_trust() -> Any:
    """What is believed when a PDF is given time: the authority of the seal, those of the time-stamp service, and our
    list of revoked certificates (foundation.pdftime.Trust)."""
    from foundation.pdftime import Trust

    chain = [row.public_bytes(Encoding.DER) for row in Seal(Path(settings.SEAL_KEY_FILE)).chain]
    told = Path(settings.TSA_CERTIFICATES_FILE).read_bytes() if settings.TSA_CERTIFICATES_FILE else b""
    believed = x509.load_pem_x509_certificates(told) if told else []
    theirs = [x509.load_pem_x509_crl(found).public_bytes(Encoding.DER) for found in LIST.findall(told)]
    own = sealkeys.list_path(Path(settings.SEAL_KEY_FILE))
    return Trust(
        roots=[chain[-1], *(row.public_bytes(Encoding.DER) for row in believed)],
        others=chain[:-1],
        lists=[*([own.read_bytes()] if own.exists() else []), *theirs],
    )


def chain_pem() -> bytes | None:
    """The certificates of the seal, its own first; None before the first letter."""
    path = Path(settings.SEAL_KEY_FILE)
    return b"".join(row.public_bytes(Encoding.PEM) for row in Seal(path).chain) if path.exists() else None


def revoked_list() -> bytes | None:
    """The list of revoked certificates (DER); None where another authority publishes it."""
    path = sealkeys.list_path(Path(settings.SEAL_KEY_FILE))
    return path.read_bytes() if path.exists() else None


def certificate() -> x509.Certificate:
    """The certificate of the seal. Raises Refused without one."""
    return Seal(Path(settings.SEAL_KEY_FILE)).chain[0]


def described() -> list[str]:
    """The certificate in force and the revoked ones, a line each. Raises Refused without a seal."""
    own, path = certificate(), sealkeys.list_path(Path(settings.SEAL_KEY_FILE))
    rows = list(x509.load_der_x509_crl(path.read_bytes())) if path.exists() else []
    lines = [f"{own.serial_number:X}  until {own.not_valid_after_utc:%Y-%m-%d}  {own.subject.rfc4514_string()}"]
    return lines + [f"{row.serial_number:X}  revoked {row.revocation_date_utc:%Y-%m-%d}" for row in rows]


def keep_list_fresh() -> None:
    """Make the list anew when it is in its second half and we are who makes it."""
    path = Path(settings.SEAL_KEY_FILE)
    if sealkeys.needs_list(path):
        sealkeys.make_list(path)


def stamp_end(pdf: bytes) -> datetime | None:
    """Until when the last time stamp over a PDF holds by its certificate; None without one."""
    if STAMPED not in pdf:
        return None
    from foundation.pdftime import last_stamp

    found: Any = last_stamp(pdf)
    return None if found is None else found.not_valid_after


def prolonged(file: str) -> bytes | None:
    """A stored PDF with a further time stamp; None without a service."""
    stamper = time_service()
    if stamper is None:
        return None
    from foundation.pdftime import prolong

    return prolong(storages["private"].open(file).read(), stamper=stamper, trust=seal_trust())
