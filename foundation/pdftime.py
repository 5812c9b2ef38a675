"""Time for sealed PDFs: from PAdES B-B to B-LTA (ETSI EN 319 142-1) with a time-stamp service (RFC 3161).

The seal then holds beyond the life of its certificate: a time stamp inside the signature, the certificates and lists
that were valid at the time (DSS), and a time stamp over all of it, which `prolong` renews before its own certificate
ends. pyHanko does it; nothing here is asked of any host but the time-stamp service.
"""

import asyncio
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from asn1crypto.crl import CertificateList
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.validation.dss import async_add_validation_info
from pyhanko_certvalidator import ValidationContext

SECONDS = 10


def service(address: str) -> TimeStamper:
    """The time-stamp service at an address."""
    from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper  # aiohttp only where it is used

    return HTTPTimeStamper(address, https=address.startswith("https://"), timeout=SECONDS)


class Trust:
    """What is known when a seal is given time: the certificates to believe, those between, and the lists."""

    def __init__(self, roots: Sequence[bytes], others: Sequence[bytes], lists: Sequence[bytes]) -> None:
        """All in DER."""
        self.roots = [Certificate.load(row) for row in roots]
        self.others = [Certificate.load(row) for row in others]
        self.lists = [CertificateList.load(row) for row in lists]

    def context(self) -> ValidationContext:
        """A fresh one: it remembers what it used."""
        return ValidationContext(
            trust_roots=self.roots, other_certs=self.others, crls=self.lists, allow_fetching=False,
            revocation_mode="soft-fail",
        )  # fmt: skip


class _Last(PdfTimeStamper):
    """Adds what a time stamp needs before it and not after: the last revision of a file is its time stamp."""

    async def async_timestamp_pdf(self, *arguments: Any, **options: Any) -> Any:
        settings = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
        return await super().async_timestamp_pdf(*arguments, **{**options, "dss_settings": settings})


async def _keep_for_long(pdf: bytes, stamper: TimeStamper, trust: Trust) -> bytes:
    file, context = BytesIO(pdf), trust.context()
    reader = PdfFileReader(file)
    await async_add_validation_info(reader.embedded_signatures[0], context, in_place=True, add_vri_entry=False)
    writer = IncrementalPdfFileWriter(file)
    done = await _Last(stamper).async_timestamp_pdf(writer, "sha256", validation_context=context)
    return bytes(done.getvalue())


def keep_for_long(pdf: bytes, *, stamper: TimeStamper, trust: Trust) -> bytes:
    """A sealed PDF whose signature has a time stamp (B-T), made B-LTA."""
    return asyncio.run(_keep_for_long(pdf, stamper, trust))


async def _prolong(pdf: bytes, stamper: TimeStamper, trust: Trust) -> bytes:
    reader = PdfFileReader(BytesIO(pdf))
    made = await _Last(stamper).async_update_archival_timestamp_chain(reader, trust.context(), in_place=False)
    return bytes(made.getvalue())


def prolong(pdf: bytes, *, stamper: TimeStamper, trust: Trust) -> bytes:
    """A B-LTA file with a further time stamp over all of it; the last one is checked first."""
    return asyncio.run(_prolong(pdf, stamper, trust))


def last_stamp(pdf: bytes) -> Any:
    """The certificate that made the last time stamp over a PDF (asn1crypto); None if there is none."""
    found = PdfFileReader(BytesIO(pdf)).embedded_timestamp_signatures
    return found[-1].signer_cert if found else None
