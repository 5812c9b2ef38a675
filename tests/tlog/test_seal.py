"""The seal of a PDF: every byte is under it, by a key that is trusted, and other people's programs agree."""

import shutil
import subprocess

import pytest
from pydyf import PDF, Dictionary

from foundation import pdfseal
from tlog import seal
from tlog.errors import TlogError
from tlog.record import is_seal_key, seal_multikey


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """`(the file, the multikeys that are trusted)`."""
    path = tmp_path_factory.mktemp("keys") / "seal.pem"
    pdfseal.create(path, "信行")
    key = pdfseal.Seal(path)
    document = PDF()
    document.add_page(Dictionary({"Type": "/Page", "Parent": document.pages.reference, "MediaBox": "[0 0 200 200]"}))
    key.finish(None, document)
    path = path.with_name("plain.pdf")
    with path.open("wb") as file:
        document.write(file, compress=True)
    return key.close(path.read_bytes()), [seal_multikey(seal.point(key.public))]


def refused(pdf, trusted):
    with pytest.raises(TlogError) as why:
        seal.check(pdf, trusted)
    return why.value.reason


def test_the_seal_holds_and_names_its_key(sealed):
    pdf, trusted = sealed
    assert len(seal.check(pdf, trusted)) == 16
    assert seal.check(pdf, None) == seal.check(pdf, trusted)
    assert is_seal_key(trusted[0])


def test_every_flipped_bit_of_any_byte_is_refused(sealed):
    pdf, trusted = sealed
    for at in range(len(pdf)):
        refused(pdf[:at] + bytes([pdf[at] ^ (1 << at % 8)]) + pdf[at + 1 :], trusted)


def test_what_was_added_cut_off_or_sealed_by_others_is_refused(sealed):
    pdf, trusted = sealed
    assert refused(pdf + b"\n", trusted) == "other-bytes"
    assert refused(pdf[:-1], trusted) == "other-bytes"
    assert refused(pdf + b"/ByteRange [0 1 2 3]", trusted) == "no-seal"
    assert refused(b"%PDF-1.7", trusted) == "no-seal"
    assert refused(pdf, []) == "unknown-issuer"


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not here")
def test_a_pdf_reader_accepts_the_seal_and_notices_a_change(sealed, tmp_path):
    pdf, _trusted = sealed
    path = tmp_path / "letter.pdf"
    for data, words in ((pdf, "Signature is Valid"), (pdf.replace(b"(D:2", b"(D:1", 1), "Digest Mismatch")):
        path.write_bytes(data)
        done = subprocess.run(["pdfsig", path], capture_output=True, text=True)
        assert words in done.stdout
        assert "ETSI.CAdES.detached" in done.stdout
        assert "Total document signed" in done.stdout


def test_a_key_that_is_missing_or_none_is_refused(tmp_path):
    with pytest.raises(TlogError):
        pdfseal.Seal(tmp_path / "nothing.pem")
    (tmp_path / "other.pem").write_text("none", encoding="ascii")
    with pytest.raises(TlogError):
        pdfseal.Seal(tmp_path / "other.pem")
    pdfseal.create(tmp_path / "seal.pem", "信行")
    assert (tmp_path / "seal.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        pdfseal.create(tmp_path / "seal.pem", "信行")
