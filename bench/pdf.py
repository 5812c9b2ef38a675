"""What a sealed letter costs in PDF, beside bare WeasyPrint and bare pyHanko on the same document.

    python manage.py shell --no-imports -c "from bench.pdf import main; main()"

The bare way sets the same HTML in the same fonts, once parsed, and seals the finished file with the same key as
pyHanko's documentation shows it. Both ways take turns, so that whatever else the machine does troubles both alike.
"""

import json
import time
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.test import override_settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from foundation import fonts, sealkeys
from foundation.pdfseal import Seal
from pledges import pdf
from pledges.contracts import Clause
from pledges.queries import PublicLetter

LETTERS = 40
FILES = {"x.json": b'{"a":"%s"}' % (b"x" * 2400), "x.tlog-proof": b"c2sp.org/tlog-proof@v1\n" + b"y" * 1300}


def letter() -> PublicLetter:
    """A letter as they are: seven clauses, a rare name."""
    moment = datetime(2026, 11, 18, 6, 6, tzinfo=UTC)
    clauses = [
        Clause(f"c{n}", "对群众、企业说过的时限，按时办结；办不到的，提前说明原因和新的时间。", True) for n in range(7)
    ]
    return PublicLetter(
        public_id="ABCDEFGHJKLM", code="32058320261118000001", subject="person", title="公职人员信用承诺书",
        title_en="", name="欧阳𬭚", unit="市住房和城乡建设局", uscc="", category="自然人", pledge_type="主动型",
        reason="自愿作出承诺", preamble="我读过下面的话，明白它的意思，愿意照着做。", clauses=clauses,
        breach_liability="未履行承诺的，依规处理。", accepting_unit="市公共信用信息中心", accepting_unit_uscc="",
        publication_type="public", visibility="named", made_on=date(2026, 11, 18), valid_until=date(2027, 11, 17),
        published_at=moment, digest="9f3c41d0" * 8, level="", has_pdf=False, has_scan=False, has_record=True,
        place=12_486, logged_at=moment, commitment="c" * 43,
    )  # fmt: skip


def bare(found: PublicLetter, seal: Path) -> Any:
    """`() -> bytes`: the same document by WeasyPrint alone, sealed by pyHanko alone."""
    path, side = fonts_marks(found)
    html = render_to_string(
        pdf.MATTER,
        {"letter": found, "address": pdf.address_of(found.public_id), "check": pdf.checking_address(), **path, **side},
    )
    css = get_template(pdf.STYLE).render()
    files = tuple(fonts.path_of(face) for face in fonts.FACES)
    weasyprint, fetcher, configuration = fonts._engine(files)
    style = fonts._stylesheet(css, files)
    key = load_pem_private_key(seal.read_bytes(), None).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    own, *above = (Certificate.load(row.public_bytes(Encoding.DER)) for row in Seal(seal).chain)
    store = SimpleCertificateStore()
    store.register_multiple(above)
    signer = signers.SimpleSigner(signing_cert=own, signing_key=PrivateKeyInfo.load(key), cert_registry=store)
    meta = signers.PdfSignatureMetadata(
        field_name="Seal", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=True
    )

    def made() -> bytes:
        inside = [weasyprint.Attachment(string=body, name=name) for name, body in FILES.items()]
        written = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[style], font_config=configuration, attachments=inside, pdf_variant="pdf/ua-1"
        )
        return bytes(signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(written)), meta, signer=signer).getvalue())

    return made


def fonts_marks(found: PublicLetter) -> tuple[dict[str, Any], dict[str, Any]]:
    """QR code and mark, as the letter has them."""
    path, side = pdf.qr_lines(pdf.check_address(found))
    return {"qr_path": path, "qr_side": side}, {"seal_path": pdf.seal_path(found.digest)}


def once(make: Any) -> tuple[float, bytes]:
    """CPU time of one letter in milliseconds, and the file."""
    before = time.process_time()
    data = make()
    return (time.process_time() - before) * 1000, data


def main() -> None:
    """Print one row as JSON."""
    found = letter()
    for face in fonts.FACES:
        fonts.prepare(face)
    with TemporaryDirectory() as folder:
        seal = Path(folder) / "seal.pem"
        sealkeys.create(seal, str(settings.WAGTAIL_SITE_NAME), "http://localhost:8000/.well-known/seal.crl")
        with override_settings(SEAL_KEY_FILE=str(seal)):
            ways = {"ours": lambda: pdf.letter_pdf(found, attached=FILES), "bare": bare(found, seal)}
            for make in ways.values():
                make()
            taken: dict[str, list[float]] = {name: [] for name in ways}
            sizes = {}
            for _turn in range(LETTERS):
                for name, make in ways.items():
                    spent, data = once(make)
                    taken[name].append(spent)
                    sizes[name] = len(data)
    ours, theirs = median(taken["ours"]), median(taken["bare"])
    row = {
        "name": "pdf-letter",
        "cpu_ms": round(ours, 1),
        "rps": round(1000 / ours, 1),
        "bare_cpu_ms": round(theirs, 1),
    }
    print(
        json.dumps(
            {**row, "ratio_to_bare": round(ours / theirs, 3), "bytes": sizes["ours"], "bare_bytes": sizes["bare"]}
        )
    )
