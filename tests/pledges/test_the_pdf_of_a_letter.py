"""The PDF of a letter: what a reader of paper finds on it, what programs find in it, and what a changed byte does."""

import io
import json
import re
import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from foundation import fonts
from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from pledges import actions, queries, tasks
from pledges.models import Letter, LetterPdf, Publication
from pledges.pdf import check_address
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.paper import glyphs, outside
from tests.programs import needs
from tests.tlog.tsa import TimeStampService
from tlog.__main__ import main
from tlog.leaf import canonical

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "欧阳" + "𬭚龑䶮㛃" * 14 + "某某"  # 60 characters
needs_pdftoppm = needs("pdftoppm")
needs_openssl = needs("openssl")


@pytest.fixture
def letter():
    letter = make.signed(make.enrolment(user=UserFactory(name=LONG)))
    make.work_off()
    return letter


def text_of(data):
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages)


def structure(reader):
    """Every element of the structure tree, in the order of reading."""
    rows, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        row = waiting.pop(0).get_object()
        if isinstance(row, dict):
            rows.append(row)
            kids = row.get("/K", [])
            waiting = [*(kids if isinstance(kids, list) else [kids]), *waiting]
    return rows


def test_a_name_of_sixty_rare_characters_is_set_whole_and_the_file_stays_small(letter):
    data = make.pdf_bytes(letter)
    assert len(LONG) == 60
    assert LONG in text_of(data)
    assert len(data) <= 60 * 1024
    embedded = [font["/DescendantFonts"][0]["/FontDescriptor"] for page in PdfReader(io.BytesIO(data)).pages
                for font in page["/Resources"]["/Font"].values()]  # fmt: skip
    assert all(re.match(r"/[A-Z]{6}\+Xinxing", str(row["/FontName"])) and "/FontFile2" in row for row in embedded)


def test_a_letter_stands_on_one_sheet_within_its_margins_with_the_page_number_outside():
    letter = make.signed(visibility="named")
    make.work_off()
    (page,) = glyphs(make.pdf_bytes(letter))
    assert outside(page, left=28, top=30, right=184, bottom=275) == "—1—"
    assert min(glyph.top for glyph in page if glyph.text == "—") > 275


def test_the_file_says_that_it_is_accessible(letter):
    reader = PdfReader(io.BytesIO(make.pdf_bytes(letter)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "zh-Hans"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata.title == letter.record.title


def test_figures_are_described_and_the_way_of_signing_is_named(letter):
    data = make.pdf_bytes(letter)
    figures = [row["/Alt"] for row in structure(PdfReader(io.BytesIO(data))) if row.get("/S") == "/Figure"]
    assert figures == ["核验这封承诺书的二维码", "平台核验标记，非公章"]
    assert f"签署方式：{letter.evidence.get_level_display()}" in text_of(data)


@needs_pdftoppm
def test_a_phone_reads_the_qr_code_and_finds_the_letters_own_entry(letter, tmp_path):
    import zxingcpp  # noqa: PLC0415  # its wheels load only where they are needed
    from PIL import Image  # noqa: PLC0415

    (tmp_path / "letter.pdf").write_bytes(make.pdf_bytes(letter))
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-f", "1", "-l", "9", "letter.pdf", "page"], cwd=tmp_path, check=True
    )
    read = [
        code.text for page in sorted(tmp_path.glob("page*.png")) for code in zxingcpp.read_barcodes(Image.open(page))
    ]
    face = queries.public_letter(letter.public_id)
    assert read == [check_address(face)]
    entry = Letter.objects.get(pk=letter.pk).public_record.entry
    assert read[0].endswith(f"/v/{letter.public_id}#i={entry.place.place}&c={entry.commitment}")


def test_the_mark_is_the_letters_own_named_as_no_stamp_and_apart_from_every_unit(letter):
    other = make.signed()
    make.work_off()
    texts = [text_of(make.pdf_bytes(row)) for row in (letter, other)]
    for row, text in zip((letter, other), texts, strict=True):
        unit = row.record.public_unit or row.record.public_name
        assert text.index("平台核验标记，非公章") > text.index(row.record.digest) > text.rindex(unit)
    from pledges.pdf import seal_path  # noqa: PLC0415

    assert seal_path(letter.record.digest) != seal_path(other.record.digest)


def test_the_code_stands_where_the_page_says(letter, client):
    text = text_of(make.pdf_bytes(letter))
    assert text.index(f"核验码{letter.shown_code}") < text.index("平台核验标记")
    assert "http://localhost:8000/verify/输入核验码" in text
    assert "方形标记旁" in client.get("/verify/").content.decode()


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:9/", "https://127.0.0.1:9/"])
@pytest.mark.parametrize(
    "html", ['<img src="{}">', '<link rel="attachment" href="{}">', '<link rel="stylesheet" href="{}">',
             '<object data="{}"></object>', "<p style=\"background:url('{}')\">x</p>"],
)  # fmt: skip
def test_nothing_but_our_own_bytes_is_ever_fetched(address, html):
    with pytest.raises(FatalURLFetchingError, match="refused"):
        fonts.render_pdf(html=html.format(address), css="body { font-family: 'Xinxing Serif' }")


def test_a_path_without_a_scheme_leads_nowhere():
    html = '<link rel="attachment" href="/etc/hostname"><p>文</p>'
    data = fonts.render_pdf(html=html, css="body { font-family: 'Xinxing Serif' }")
    assert PdfReader(io.BytesIO(data)).attachments == {}


def offline(folder, pdf):
    """What `python -m tlog verify` says of a PDF: exit code and `{name: (result, reason)}`."""
    (folder / "letter.pdf").write_bytes(pdf)
    (folder / "policy.txt").write_text(queries.pinned()["policy"])
    (folder / "did.json").write_bytes(canonical(queries.issuer_document()))
    out = io.StringIO()
    code = main(["verify", str(folder / "letter.pdf"), "--policy", str(folder / "policy.txt"),
                 "--issuer", str(folder / "did.json"), "--json"], out)  # fmt: skip
    rows = json.loads(out.getvalue())["findings"] if out.getvalue() else []
    return code, {row["name"]: (row["result"], row["reason"]) for row in rows}


def flipped(pdf, at):
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_a_flipped_byte_of_every_kind_is_refused_with_the_reason(letter, tmp_path):
    pdf = make.pdf_bytes(letter)
    assert offline(tmp_path, pdf)[0] == 0
    streams = [
        match.end() for match in re.finditer(rb"stream\r?\n", pdf) if pdf[match.start() - 3 : match.start()] != b"end"
    ]
    places = {
        "header": 6, "page or font": streams[0] + 40, "middle": len(pdf) // 2, "last stream": streams[-1] + 20,
        "seal": pdf.index(b"/Contents <") + 400, "padding": pdf.index(b"/Contents <") + 11 + 6100,
        "range": pdf.index(b"/ByteRange [0 ") + 15, "end": len(pdf) - 3, "startxref": pdf.rindex(b"startxref") + 11,
    }  # fmt: skip
    for place, at in places.items():
        code, found = offline(tmp_path, flipped(pdf, at))
        if code == 2:
            continue  # it cannot be read at all, and standard error says so
        assert (code, found["seal"][0], found["seal"][1] != "") == (1, "fails", True), place
    for data in (pdf[:-200], pdf + b"x", pdf[: len(pdf) // 2], b"%PDF-1.7\n"):
        assert offline(tmp_path, data)[0] in (1, 2)


@needs_openssl
def test_with_a_time_stamp_service_the_pdf_is_b_lta_and_gets_another_stamp_in_time(settings, tmp_path):
    service = TimeStampService(tmp_path, days=30)
    settings.TSA_URL, settings.TSA_CERTIFICATES_FILE = service.address, str(service.roots)
    letter = make.signed()
    make.work_off()
    stored = LetterPdf.objects.get(letter=letter)
    first = make.pdf_bytes(letter)
    assert offline(tmp_path, first)[1]["seal"] == ("holds", "")
    assert timezone.now() + timedelta(days=29) < stored.stamp_ends_at < timezone.now() + timedelta(days=31)
    tasks.prolong_seals({})
    assert Job.objects.filter(kind="pledges.prolong_pdf").count() == 1
    tasks.prolong_seals({})
    run_pending()
    again = make.pdf_bytes(letter)
    assert again.startswith(first)
    assert len(again) > len(first)
    assert offline(tmp_path, again)[1]["seal"] == ("holds", "")
    assert Job.objects.filter(kind="pledges.prolong_pdf").count() == 1
    service.close()


def test_a_time_stamp_service_that_does_not_answer_keeps_no_letter_from_the_public(settings):
    settings.TSA_URL = "http://127.0.0.1:9/"
    letter = make.signed()
    make.work_off()
    assert Publication.objects.filter(letter=letter).exists()
    assert not LetterPdf.objects.exists()
    settings.TSA_URL = ""
    assert actions.queue_missing_pdfs() == 1
    run_pending()
    assert LetterPdf.objects.get().letter == letter


def test_seal_chain_and_list_are_published(client, letter):
    chain, revoked = client.get("/.well-known/seal-chain.pem"), client.get("/.well-known/seal.crl")
    assert (chain.status_code, chain.content.count(b"BEGIN CERTIFICATE")) == (200, 2)
    assert (revoked.status_code, revoked["Content-Type"]) == (200, "application/pkix-crl")
