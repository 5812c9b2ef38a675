"""Seal a PDF while it is written: PAdES (ETSI EN 319 142-1) with one EC P-256 key. pyHanko makes the signature.

`Seal.finish` goes to WeasyPrint as its `finisher` and reserves the place; `Seal.close` fills it in the finished bytes.
So a sealed letter (level B-B) is one revision and nothing is parsed twice. With a time-stamp service
(`foundation.pdftime`) the signature carries a time stamp, and a second revision makes it B-LTA.
"""

import asyncio
import re
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate as Asn1Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tlog.errors import Refused

BLANK = b"[0 " + b"0" * 10 + b" " + b"0" * 10 + b" " + b"0" * 10 + b"]"
PLACE = 6144  # hexadecimal digits: a seal with a chain of two certificates needs about 3,600
PLACE_WITH_TIME = 24_576
LOCKED = b"<</Type /TransformParams /P 1 /V /1.2>>"


class Seal:
    """A key and its certificates, for one PDF at a time. `stamper` asks a time-stamp service, if there is one."""

    def __init__(self, path: Path, stamper: Any = None) -> None:
        """Read the PEM file: the key, its certificate, then those above it. Raises Refused if it has none."""
        try:
            pem = path.read_bytes()
            key = load_pem_private_key(pem, None)
            self.chain = x509.load_pem_x509_certificates(pem)
        except (OSError, ValueError):
            raise Refused(f"the key of the seal cannot be read: {path.name}", reason="no-key") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise Refused("the seal needs a P-256 key", reason="no-key")
        if self.chain[0].public_key() != key.public_key():
            raise Refused("the first certificate of the seal is not that of its key", reason="no-key")
        self._key, self.stamper = key, stamper
        self._place = PLACE if stamper is None else PLACE_WITH_TIME

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
             "Contents": b"<" + b"0" * self._place + b">",
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
        """Fill the reserved place. Raises ValueError if there is none, or if the seal is too long for it."""
        hole = re.search(rb"<0{%d}>" % self._place, pdf)
        if hole is None:
            raise ValueError("no place is reserved for the seal")
        first, second = hole.span()
        at = pdf.index(BLANK)
        ranges = f"[0 {first:010d} {second:010d} {len(pdf) - second:010d}]".encode()
        pdf = pdf[:at] + ranges + pdf[at + len(BLANK) :]
        contents = self._signed(sha256(pdf[:first] + pdf[second:]).digest()).hex().encode()
        if len(contents) > self._place:
            raise ValueError(f"the seal needs {len(contents)} of {self._place} places")
        return pdf[: first + 1] + contents.ljust(self._place, b"0") + pdf[second - 1 :]

    def _signed(self, digest: bytes) -> bytes:
        """The signature over a digest: CMS as PAdES wants it, with the whole chain."""
        made = asyncio.run(self._signer.async_sign(digest, "sha256", use_pades=True, timestamper=self.stamper))
        return bytes(made.dump())

    @cached_property
    def _signer(self) -> Any:
        from pyhanko.sign.signers.pdf_cms import SimpleSigner  # a second; only where PDFs are made
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        own, *above = (Asn1Certificate.load(row.public_bytes(Encoding.DER)) for row in self.chain)
        store = SimpleCertificateStore()
        store.register_multiple(above)
        key = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return SimpleSigner(signing_cert=own, signing_key=PrivateKeyInfo.load(key), cert_registry=store)
