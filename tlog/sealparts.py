"""The form of a PDF's seal (CMS, RFC 5652): found in the file, taken apart, and made again from its parts."""

import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate, load_der_x509_certificate

from tlog import der
from tlog.errors import Malformed

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
DATA, SIGNED_DATA = der.oid("1.2.840.113549.1.7.1"), der.oid("1.2.840.113549.1.7.2")
SHA256, ECDSA_SHA256 = der.oid("2.16.840.1.101.3.4.2.1"), der.oid("1.2.840.10045.4.3.2")
HASHES = (der.value(der.SEQUENCE, SHA256), der.value(der.SEQUENCE, SHA256, der.value(der.NULL)))
MOST_ABOVE = 5


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


def parts(pdf: bytes) -> tuple[bytes, bytes, int]:
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


def read(contents: bytes) -> Seal:
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
