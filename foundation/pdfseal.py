"""Seal a PDF while it is written: PAdES B-B (ETSI EN 319 142-1) with one EC P-256 key. No library but cryptography.

`Seal.finish` goes to WeasyPrint as its `finisher` and reserves the place; `Seal.close` fills it in the finished bytes.
"""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

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

from tlog import der, seal
from tlog.errors import Refused

BLANK = b"[0 " + b"0" * 10 + b" " + b"0" * 10 + b" " + b"0" * 10 + b"]"
PLACE = 4096  # hexadecimal digits: a seal with a self-signed certificate needs about 1,600
YEARS = 10
LOCKED = b"<</Type /TransformParams /P 1 /V /1.2>>"


def create(path: Path, name: str) -> None:
    """Make a key with a certificate that it signs itself, in one PEM file. Raises FileExistsError."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.write(certificate.public_bytes(Encoding.PEM))
        os.link(temporary, path)
    finally:
        Path(temporary).unlink()


class Seal:
    """A key and its certificate, for one PDF at a time."""

    def __init__(self, path: Path) -> None:
        """Read the PEM file. Raises Refused if it has no P-256 key and certificate."""
        try:
            pem = path.read_bytes()
            key = load_pem_private_key(pem, None)
            self._certificate = x509.load_pem_x509_certificate(pem)
        except (OSError, ValueError):
            raise Refused(f"the key of the seal cannot be read: {path.name}", reason="no-key") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise Refused("the seal needs a P-256 key", reason="no-key")
        self._key = key

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The public side."""
        return self._key.public_key()

    def finish(self, _document: Any, pdf: Any) -> None:
        """Reserve the place of the seal in a pydyf document: an invisible field on the first page."""
        pydyf = import_module("pydyf")

        class Raw(pydyf.Dictionary):  # type: ignore[misc, name-defined]
            compressible = False  # its bytes must stand in the file as they are

        signature = Raw(
            {"Type": "/Sig", "Filter": "/Adobe.PPKLite", "SubFilter": "/ETSI.CAdES.detached",
             "ByteRange": BLANK,
             "Contents": b"<" + b"0" * PLACE + b">",
             "M": f"(D:{datetime.now(UTC):%Y%m%d%H%M%S}Z)"}
        )  # fmt: skip
        pdf.add_object(signature)
        signature["Reference"] = b"[<</Type /SigRef /TransformMethod /DocMDP /TransformParams " + LOCKED + b">>]"
        page: Any = next(entry for entry in pdf.objects if isinstance(entry, dict) and entry.get("Type") == "/Page")
        widget = pydyf.Dictionary(
            {"Type": "/Annot", "Subtype": "/Widget", "FT": "/Sig", "T": "(Seal)", "TU": "(Seal)", "F": 132,
             "Rect": pydyf.Array([0, 0, 0, 0]), "V": signature.reference, "P": page.reference}
        )  # fmt: skip
        pdf.add_object(widget)
        page["Annots"] = pydyf.Array([*(page.get("Annots") or []), widget.reference])
        form = pydyf.Dictionary({"Fields": pydyf.Array([widget.reference]), "SigFlags": 3})
        pdf.catalog["AcroForm"] = form
        pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": signature.reference})

    def close(self, pdf: bytes) -> bytes:
        """Fill the reserved place. Raises ValueError if there is none."""
        first = pdf.index(b"<" + b"0" * PLACE + b">")
        second = first + PLACE + 2
        at = pdf.index(BLANK)
        ranges = f"[0 {first:010d} {second:010d} {len(pdf) - second:010d}]".encode()
        pdf = pdf[:at] + ranges + pdf[at + len(BLANK) :]
        contents = self._signed(sha256(pdf[:first] + pdf[second:]).digest()).hex().encode()
        return pdf[: first + 1] + contents.ljust(PLACE, b"0") + pdf[second - 1 :]

    def _signed(self, digest: bytes) -> bytes:
        """The seal over a digest."""
        attributes = der.set_of(seal.attributes(self._certificate, digest))
        return seal.cms(self._certificate, digest, self._key.sign(attributes, ec.ECDSA(hashes.SHA256())))
