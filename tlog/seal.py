"""The seal of a PDF (PAdES, ETSI EN 319 142-1; CMS, RFC 5652): one ECDSA P-256 signature over every byte.

A seal is taken apart and made again from its parts; only what comes out the same is accepted, so that no byte of it is
idle. Of the certificates above the seal's own each must certify the one below it. What was added to the file later may
only be time stamps and what they need (PAdES B-LTA), the last of them over the whole file: see `tlog.sealtime`.
"""

from collections.abc import Collection
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, InvalidVersion, load_der_x509_certificate

from tlog import der
from tlog.errors import BadSignature, Malformed, TlogError
from tlog.record import seal_multikey
from tlog.sealparts import DATA, Seal, parts, read

CONTENT_TYPE, MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.3"), der.oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE = der.oid("1.2.840.113549.1.9.16.2.47")


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A P-256 public key as 65 bytes (SEC 1)."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def check(pdf: bytes, trusted: Collection[str] | None) -> str:
    """Raises Malformed or BadSignature unless the seal covers every byte and holds, by one of the `trusted` multikeys.

    With None any key will do, and nothing is said about whose it is. Returns the fingerprint of the key.
    """
    sealed, contents, size = parts(pdf)
    try:
        seal = read(contents)
        again = seal.again().ljust(len(contents), b"\0")
        key = seal.key
    except (IndexError, ValueError, InvalidVersion, UnsupportedAlgorithm) as wrong:
        raise wrong if isinstance(wrong, Malformed) else Malformed("the seal does not have its form") from None
    if again != contents:
        raise BadSignature("the seal was changed", reason="other-bytes")
    _check_attributes(seal, sha256(sealed).digest())
    try:
        key.verify(seal.signature, der.value(der.SET, seal.attributes), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise BadSignature("the seal does not verify") from None
    try:
        _check_chain(seal)
    except (InvalidVersion, UnsupportedAlgorithm, ValueError) as wrong:  # names are read only when they are asked for
        raise wrong if isinstance(wrong, TlogError) else Malformed("a certificate of the seal is damaged") from None
    if size != len(pdf) or seal.unsigned:
        from tlog.sealtime import check_later  # needs pyHanko, which a seal without time does not

        check_later(pdf)
    if trusted is not None and seal_multikey(point(key)) not in trusted:
        raise BadSignature("the seal is by a key that is not trusted", reason="unknown-issuer")
    return sha256(point(key)).hexdigest()[:16]


def _check_attributes(seal: Seal, digest: bytes) -> None:
    """What is signed says that it is data, which bytes, and by which certificate (RFC 5035)."""
    rows = [der.read(body) for _tag, body in der.read(seal.attributes)]
    said = {der.value(*row[0]): row[1][1] for row in rows if len(row) == 2}
    if len(said) != len(rows) or said.get(CONTENT_TYPE) != DATA:
        raise Malformed("the seal does not have its form")
    if said.get(MESSAGE_DIGEST) != der.value(der.OCTETS, digest):
        raise BadSignature("the PDF was changed after it was sealed", reason="other-bytes")
    own = sha256(seal.own.public_bytes(Encoding.DER)).digest()
    named = said.get(SIGNING_CERTIFICATE, b"")
    try:  # SEQUENCE of the attribute, of the certificates, of the first of them; then its hash, SHA-256 unless said
        first = der.read(der.read(der.read(der.one(named, der.SEQUENCE))[0][1])[0][1])
    except IndexError:
        first = []
    if not first or first[0] != (der.OCTETS, own):
        raise BadSignature("the seal names another certificate", reason="other-bytes")


def _check_chain(seal: Seal) -> None:
    """Every certificate that is there leads from the seal's own to a root, each signed by the next. The seal's own
    is bound by the signature; above it only a root, which signs itself, leaves no byte idle."""
    above = [load_der_x509_certificate(row) for row in seal.certificates]
    above.remove(seal.own)
    lower = seal.own
    while above:
        upper = next((row for row in above if row.subject == lower.issuer), None)
        if upper is None:
            raise BadSignature("a certificate of the seal leads nowhere", reason="other-bytes")
        check_issued(lower, upper)
        above.remove(upper)
        lower = upper
    if lower != seal.own:
        check_issued(lower, lower)


def check_issued(lower: Certificate, upper: Certificate) -> None:
    """Raises BadSignature unless `upper` has signed `lower`."""
    try:
        lower.verify_directly_issued_by(upper)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        raise BadSignature("a certificate of the seal is not what its issuer signed", reason="other-bytes") from None
