"""Keys and certificates of the seal: a small authority of our own, its list of revoked certificates, and renewal.

`seal.pem` has the key, its certificate and that of the authority; `seal-ca.pem` beside it the authority's key, which
only makes the next certificate and the list (RFC 5280), and may be kept elsewhere in between. A seal that a public
authority issued replaces `seal.pem`; then there is no `seal-ca.pem`, and the list is that authority's.
"""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from tlog.errors import Refused

AUTHORITY_DAYS, SEAL_DAYS, LIST_DAYS = 365 * 20, 365 * 3, 40
Key = ec.EllipticCurvePrivateKey


def authority_path(path: Path) -> Path:
    """Where the authority of the seal in `path` has its key."""
    return path.with_name(f"{path.stem}-ca.pem")


def list_path(path: Path) -> Path:
    """Where the list of revoked certificates is kept."""
    return path.with_name(f"{path.stem}.crl")


def create(path: Path, name: str, list_address: str = "") -> None:
    """Make an authority and a seal certified by it. `list_address` is where its list is published. Raises
    FileExistsError rather than overwrite a seal."""
    authority = authority_path(path)
    if not authority.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(f"{name} CA", key, None, AUTHORITY_DAYS, "")
        _write(authority, key, [certificate])
    renew(path, name, list_address)


def renew(path: Path, name: str, list_address: str = "", *, replace: bool = False) -> None:
    """Issue a key with a certificate by the authority. Raises FileExistsError unless `replace`, Refused without an
    authority."""
    key, (issuer, *_rest) = _load(authority_path(path))
    own = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(name, own, (key, issuer), SEAL_DAYS, list_address)
    _write(path, own, [certificate, issuer], replace=replace)
    make_list(path)


def make_list(path: Path, revoked: int | None = None, at: datetime | None = None) -> bytes:
    """The authority's list of revoked certificates, made anew: with `revoked` (a serial number) and all that stood in
    it before. Raises Refused without an authority."""
    key, (issuer, *_rest) = _load(authority_path(path))
    now, old = at or datetime.now(UTC), list_path(path)
    before = list(x509.load_der_x509_crl(old.read_bytes())) if old.exists() else []
    if revoked is not None and all(row.serial_number != revoked for row in before):
        row = x509.RevokedCertificateBuilder().serial_number(revoked).revocation_date(now)
        before.append(row.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False).build())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(now + timedelta(days=LIST_DAYS))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    for entry in before:
        builder = builder.add_revoked_certificate(entry)
    made = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    _put(old, made)
    return made


def needs_list(path: Path, at: datetime | None = None) -> bool:
    """The list is missing or in its second half, and we are who makes it."""
    if not authority_path(path).exists():
        return False
    try:
        last = x509.load_der_x509_crl(list_path(path).read_bytes()).last_update_utc
    except (OSError, ValueError):
        return True
    return (at or datetime.now(UTC)) - last > timedelta(days=LIST_DAYS / 2)


def _certificate(name: str, key: Key, by: tuple[Key, x509.Certificate] | None, days: int, crl: str) -> x509.Certificate:
    """One certificate: the authority's own if nobody issues it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now, is_authority = datetime.now(UTC), by is None
    signer, issuer = (key, subject) if by is None else (by[0], by[1].subject)
    usage = (not is_authority, not is_authority, False, False, False, is_authority, is_authority, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_authority, 0 if is_authority else None), critical=True)
        .add_extension(x509.KeyUsage(*usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if crl:
        place = x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _load(path: Path) -> tuple[Key, list[x509.Certificate]]:
    try:
        pem = path.read_bytes()
        key = load_pem_private_key(pem, None)
        certificates = x509.load_pem_x509_certificates(pem)
    except (OSError, ValueError):
        raise Refused(f"the key of the seal's authority cannot be read: {path.name}", reason="no-key") from None
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # we made it
    return key, certificates


def _write(path: Path, key: Key, certificates: list[x509.Certificate], *, replace: bool = False) -> None:
    """Key and certificates in one PEM file, readable by its owner only, whole or not at all."""
    parts = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]
    parts += [certificate.public_bytes(Encoding.PEM) for certificate in certificates]
    _put(path, b"".join(parts), keep=not replace)


def _put(path: Path, data: bytes, *, keep: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if keep:
            os.link(temporary, path)
        else:
            os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)
