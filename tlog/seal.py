"""The seal of a PDF (PAdES B-B, ETSI EN 319 142-1; CMS, RFC 5652): one ECDSA P-256 signature over every byte."""

import re
from collections.abc import Collection
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, load_der_x509_certificate

from tlog import der
from tlog.errors import BadSignature, Malformed
from tlog.record import seal_multikey

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
SHA256, ECDSA_SHA256 = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A P-256 public key as 65 bytes (SEC 1)."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def attributes(certificate: Certificate, digest: bytes) -> list[bytes]:
    """What is signed: that it is data, its SHA-256, and by which certificate (RFC 5035)."""
    own = certificate.public_bytes(Encoding.DER)
    named = der.value(der.SEQUENCE, der.value(der.OCTETS, sha256(own).digest()))
    return [
        _attribute(CONTENT_TYPE, der.oid(DATA)),
        _attribute(MESSAGE_DIGEST, der.value(der.OCTETS, digest)),
        _attribute(SIGNING_CERTIFICATE, der.value(der.SEQUENCE, der.value(der.SEQUENCE, named))),
    ]


def _attribute(kind: str, value: bytes) -> bytes:
    return der.value(der.SEQUENCE, der.oid(kind), der.set_of([value]))


def cms(certificate: Certificate, digest: bytes, signature: bytes) -> bytes:
    """The seal as it stands in the PDF, made of its three parts."""
    signer = der.value(
        der.SEQUENCE,
        der.number(1),
        der.value(der.SEQUENCE, certificate.issuer.public_bytes(), der.number(certificate.serial_number)),
        der.value(der.SEQUENCE, der.oid(SHA256)),
        der.set_of(attributes(certificate, digest), der.CONTEXT_0),
        der.value(der.SEQUENCE, der.oid(ECDSA_SHA256)),
        der.value(der.OCTETS, signature),
    )
    data = der.value(
        der.SEQUENCE,
        der.number(1),
        der.set_of([der.value(der.SEQUENCE, der.oid(SHA256))]),
        der.value(der.SEQUENCE, der.oid(DATA)),
        der.value(der.CONTEXT_0, certificate.public_bytes(Encoding.DER)),
        der.set_of([signer]),
    )
    return der.value(der.SEQUENCE, der.oid(SIGNED_DATA), der.value(der.CONTEXT_0, data))


def check(pdf: bytes, trusted: Collection[str] | None) -> str:
    """Raises Malformed or BadSignature unless the seal covers every byte and holds, by one of the `trusted` multikeys.

    With None any key will do, and nothing is said about whose it is. Only seals of the form that `cms` writes are
    accepted: the seal is made again from its parts and compared. Returns the fingerprint of the key.
    """
    sealed, contents = _parts(pdf)
    certificate, key, signature = _read(contents)
    digest = sha256(sealed).digest()
    try:
        again = cms(certificate, digest, signature).ljust(len(contents), b"\0")
    except ValueError:
        raise Malformed("the seal has a certificate that cannot be read") from None
    if again != contents:
        raise BadSignature("the PDF was changed after it was sealed", reason="other-bytes")
    try:
        key.verify(signature, der.set_of(attributes(certificate, digest)), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise BadSignature("the seal does not verify") from None
    if trusted is not None and seal_multikey(point(key)) not in trusted:
        raise BadSignature("the seal is by a key that is not trusted", reason="unknown-issuer")
    return sha256(point(key)).hexdigest()[:16]


def _parts(pdf: bytes) -> tuple[bytes, bytes]:
    """`(what is sealed, the seal)`. The seal leaves out itself and nothing else. Raises Malformed."""
    found = BYTE_RANGE.findall(pdf)
    if len(found) != 1:
        raise Malformed("the PDF does not carry exactly one seal", reason="no-seal")
    start, first, second, rest = (int(number) for number in found[0])
    hole = pdf[first:second]
    if start or not first < second or second + rest != len(pdf) or (hole[:1], hole[-1:]) != (b"<", b">"):
        raise Malformed("the seal does not cover the whole file", reason="other-bytes")
    try:
        contents = bytes.fromhex(hole[1:-1].decode("ascii"))
    except ValueError:
        raise Malformed("the seal is not written in hexadecimal") from None
    if contents.hex().encode() != hole[1:-1]:
        raise Malformed("the seal is not written in hexadecimal")
    return pdf[:first] + pdf[second:], contents


def _read(contents: bytes) -> tuple[Certificate, ec.EllipticCurvePublicKey, bytes]:
    """The certificate, its key and the signature inside a seal. Raises Malformed."""
    try:
        (outer, *_zeros) = der.read(contents, most=1)
        data = der.read(der.one(der.read(outer[1])[1][1], der.SEQUENCE))
        signer = der.read(der.one(data[4][1], der.SEQUENCE))
        certificate = load_der_x509_certificate(data[3][1])
        key = certificate.public_key()
    except (IndexError, ValueError, UnsupportedAlgorithm):
        raise Malformed("the seal does not have its form") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1) or len(signer) < 6:
        raise Malformed("only seals of P-256 keys are supported")
    return certificate, key, signer[5][1]
