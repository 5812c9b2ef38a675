"""The seal of a PDF (PAdES, ETSI EN 319 142-1; CMS, RFC 5652): one ECDSA P-256 signature over every byte.

A seal is taken apart and made again from its parts; only what comes out the same is accepted, so that no byte of it is
idle. Of the certificates above the seal's own each must certify the one below it. What was added to the file later may
only be time stamps and what they need (PAdES B-LTA), the last of them over the whole file: see `tlog.sealtime`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, InvalidVersion, load_der_x509_certificate

from tlog import der
from tlog.errors import BadSignature, Malformed, TlogError
from tlog.record import seal_multikey

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
DATA, SIGNED_DATA = der.oid("1.2.840.113549.1.7.1"), der.oid("1.2.840.113549.1.7.2")
CONTENT_TYPE, MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.3"), der.oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE = der.oid("1.2.840.113549.1.9.16.2.47")
SHA256, ECDSA_SHA256 = der.oid("2.16.840.1.101.3.4.2.1"), der.oid("1.2.840.10045.4.3.2")
HASHES = (der.value(der.SEQUENCE, SHA256), der.value(der.SEQUENCE, SHA256, der.value(der.NULL)))
MOST_ABOVE = 5


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A P-256 public key as 65 bytes (SEC 1)."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass(frozen=True, slots=True)
class Seal:
    """The parts of a seal: what is signed, by which of the certificates, and what stands there unsigned."""

    hashing: bytes
    certificates: tuple[bytes, ...]
    attributes: bytes
    signature: bytes
    unsigned: bytes
    own: Certificate

    def again(self) -> bytes:
        """The seal as it must stand in the file, made of its parts."""
        who = der.value(der.SEQUENCE, self.own.issuer.public_bytes(), der.number(self.own.serial_number))
        signer = der.value(
            der.SEQUENCE, der.number(1), who, self.hashing, der.value(der.CONTEXT_0, self.attributes),
            der.value(der.SEQUENCE, ECDSA_SHA256), der.value(der.OCTETS, self.signature),
            der.value(der.CONTEXT_1, self.unsigned) if self.unsigned else b"",
        )  # fmt: skip
        data = der.value(
            der.SEQUENCE, der.number(1), der.value(der.SET, self.hashing), der.value(der.SEQUENCE, DATA),
            der.set_of(self.certificates, der.CONTEXT_0), der.value(der.SET, signer),
        )  # fmt: skip
        return der.value(der.SEQUENCE, SIGNED_DATA, der.value(der.CONTEXT_0, data))

    @property
    def key(self) -> ec.EllipticCurvePublicKey:
        """The public key. Raises Malformed for other kinds."""
        key = self.own.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise Malformed("only seals of P-256 keys are supported")
        return key


def check(pdf: bytes, trusted: Collection[str] | None) -> str:
    """Raises Malformed or BadSignature unless the seal covers every byte and holds, by one of the `trusted` multikeys.

    With None any key will do, and nothing is said about whose it is. Returns the fingerprint of the key.
    """
    sealed, contents, size = _parts(pdf)
    try:
        seal = _read(contents)
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


def _parts(pdf: bytes) -> tuple[bytes, bytes, int]:
    """`(what is sealed, the seal, where the sealed revision ends)`. It leaves out itself and nothing else."""
    found = BYTE_RANGE.findall(pdf)
    if not found:
        raise Malformed("the PDF carries no seal", reason="no-seal")
    start, first, second, rest = (int(number) for number in found[0])
    size = second + rest
    hole = pdf[first:second]
    if start or not first < second or size > len(pdf) or (hole[:1], hole[-1:]) != (b"<", b">"):
        raise Malformed("the seal does not cover the whole file", reason="other-bytes")
    if len(BYTE_RANGE.findall(pdf[:size])) != 1 or (size < len(pdf) and len(found) < 2):
        raise Malformed("the seal does not cover the whole file", reason="other-bytes")
    try:
        contents = bytes.fromhex(hole[1:-1].decode("ascii"))
    except ValueError:
        raise Malformed("the seal is not written in hexadecimal") from None
    if contents.hex().encode() != hole[1:-1]:
        raise Malformed("the seal is not written in hexadecimal")
    return pdf[:first] + pdf[second:size], contents, size


def _read(contents: bytes) -> Seal:
    """Take a seal apart. Raises Malformed, IndexError or ValueError."""
    (outer, *_zeros) = der.read(contents, most=1)
    data = der.read(der.one(der.read(outer[1])[1][1], der.SEQUENCE))
    signer = der.read(der.one(data[4][1], der.SEQUENCE))
    hashing = der.value(der.SEQUENCE, signer[2][1])
    certificates = tuple(der.value(tag, body) for tag, body in der.read(data[3][1]))
    if hashing not in HASHES or not 6 <= len(signer) <= 7 or not 1 <= len(certificates) <= MOST_ABOVE:
        raise Malformed("the seal does not have its form")
    who = der.value(der.SEQUENCE, signer[1][1])
    loaded = [load_der_x509_certificate(row) for row in certificates]
    own = [row for row in loaded if _named(row) == who]
    if len(own) != 1:
        raise Malformed("the seal does not carry the certificate of its key")
    unsigned = signer[6][1] if len(signer) == 7 else b""
    return Seal(hashing, certificates, signer[3][1], signer[5][1], unsigned, own[0])


def _named(certificate: Certificate) -> bytes:
    return der.value(der.SEQUENCE, certificate.issuer.public_bytes(), der.number(certificate.serial_number))


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
