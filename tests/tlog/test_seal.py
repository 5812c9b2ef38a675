"""The seal of a PDF: every byte is under it, by a key that is trusted, and other people's programs agree."""

import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydyf import PDF, Dictionary

from foundation import pdfseal, sealkeys
from tests.programs import needs
from tlog import seal, sealparts
from tlog.errors import TlogError
from tlog.record import is_seal_key, seal_multikey


def plain(folder, key):
    """A sealed page."""
    document = PDF()
    document.add_page(Dictionary({"Type": "/Page", "Parent": document.pages.reference, "MediaBox": "[0 0 200 200]"}))
    key.finish(None, document)
    path = folder / "plain.pdf"
    with path.open("wb") as file:
        document.write(file, compress=True)
    return key.close(path.read_bytes())


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """The folder with the seal's keys."""
    folder = tmp_path_factory.mktemp("keys")
    sealkeys.create(folder / "seal.pem", "信行", "http://localhost:8000/.well-known/seal.crl")
    return folder


@pytest.fixture(scope="module")
def sealed(keys):
    """`(the file, the multikeys that are trusted)`."""
    key = pdfseal.Seal(keys / "seal.pem")
    return plain(keys, key), [seal_multikey(seal.point(key.public))]


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


def test_what_was_added_cut_off_or_sealed_by_others_is_refused(sealed, tmp_path):
    pdf, trusted = sealed
    assert refused(pdf + b"\n", trusted) == "other-bytes"
    assert refused(pdf[:-1], trusted) == "other-bytes"
    assert refused(pdf + b"/ByteRange [0 1 2 3]", trusted) == "other-bytes"
    assert refused(b"%PDF-1.7", trusted) == "no-seal"
    assert refused(pdf, []) == "unknown-issuer"
    sealkeys.create(tmp_path / "seal.pem", "信行")
    assert refused(plain(tmp_path, pdfseal.Seal(tmp_path / "seal.pem")), trusted) == "unknown-issuer"


def in_der(pdf):
    """The seal itself, without its padding."""
    contents = bytes.fromhex(re.search(rb"/Contents <([0-9a-f]+)>", pdf)[1].decode())
    return contents[: 4 + int.from_bytes(contents[2:4])]


needs_pdfsig = needs("pdfsig", "certutil")


@needs_pdfsig
def test_a_pdf_reader_trusts_the_seal_by_its_authority_and_notices_a_change(sealed, keys, tmp_path):
    pdf, _trusted = sealed
    path, store = tmp_path / "letter.pdf", f"sql:{tmp_path}"
    authority = x509.load_pem_x509_certificates((keys / "seal-ca.pem").read_bytes())[0]
    (tmp_path / "ca.crt").write_bytes(authority.public_bytes(Encoding.DER))
    subprocess.run(["certutil", "-N", "--empty-password", "-d", store], check=True)
    trust = ["certutil", "-A", "-n", "ca", "-t", "CT,C,C", "-i", tmp_path / "ca.crt", "-d", store]
    subprocess.run(trust, check=True)
    for data, words in (
        (pdf, ["Signature is Valid", "Certificate is Trusted"]),
        (pdf.replace(b"(D:2", b"(D:1", 1), ["Digest Mismatch"]),
    ):
        path.write_bytes(data)
        done = subprocess.run(["pdfsig", "-nssdir", store, path], capture_output=True, text=True)
        for word in (*words, "ETSI.CAdES.detached", "Total document signed"):
            assert word in done.stdout, done.stdout


@needs("openssl")
def test_openssl_accepts_the_signature_with_chain_and_list(sealed, keys, tmp_path):
    pdf, _trusted = sealed
    start, first, second, rest = (int(n) for n in sealparts.BYTE_RANGE.search(pdf).groups())
    (tmp_path / "cms.der").write_bytes(in_der(pdf))
    (tmp_path / "data").write_bytes(pdf[start:first] + pdf[second : second + rest])
    issuer = x509.load_pem_x509_certificates((keys / "seal-ca.pem").read_bytes())[0].public_bytes(Encoding.PEM)
    crl = x509.load_der_x509_crl((keys / "seal.crl").read_bytes()).public_bytes(Encoding.PEM)
    (tmp_path / "trust.pem").write_bytes(issuer + crl)
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "cms.der", "-content", "data", "-binary",
               "-CAfile", "trust.pem", "-crl_check", "-purpose", "any", "-out", "out"]  # fmt: skip

    def said():
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stderr

    assert "CMS Verification successful" in said()
    (tmp_path / "data").write_bytes(b"other")
    assert "successful" not in said()


@needs("qpdf")
def test_the_file_is_well_formed(sealed, tmp_path):
    (tmp_path / "letter.pdf").write_bytes(sealed[0])
    done = subprocess.run(["qpdf", "--check", "letter.pdf"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_seal_whose_chain_was_exchanged_is_refused(sealed, keys, tmp_path):
    """The certificates above the seal's own are not signed by it: each must still be what its issuer signed."""
    pdf, trusted = sealed
    mine = x509.load_pem_x509_certificates((keys / "seal.pem").read_bytes())[1].public_bytes(Encoding.DER)
    made = in_der(pdf)
    for at in range(made.index(mine), made.index(mine) + len(mine), 7):
        broken = made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :]
        refused(pdf.replace(made.hex().encode(), broken.hex().encode()), trusted)


def test_a_key_that_is_missing_or_none_is_refused(tmp_path):
    with pytest.raises(TlogError):
        pdfseal.Seal(tmp_path / "nothing.pem")
    (tmp_path / "other.pem").write_text("none", encoding="ascii")
    with pytest.raises(TlogError):
        pdfseal.Seal(tmp_path / "other.pem")
    sealkeys.create(tmp_path / "seal.pem", "信行")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("seal.pem", "seal-ca.pem")} == {0o600}
    with pytest.raises(FileExistsError):
        sealkeys.create(tmp_path / "seal.pem", "信行")


def test_a_renewed_seal_has_the_same_authority_and_a_revoked_one_stands_in_the_list(tmp_path):
    path = tmp_path / "seal.pem"
    sealkeys.create(path, "信行")
    old = pdfseal.Seal(path).chain
    assert [row.serial_number for row in x509.load_der_x509_crl((tmp_path / "seal.crl").read_bytes())] == []
    sealkeys.make_list(path, revoked=old[0].serial_number)
    sealkeys.renew(path, "信行", replace=True)
    new = pdfseal.Seal(path).chain
    assert (new[1], new[0].serial_number == old[0].serial_number) == (old[1], False)
    revoked = x509.load_der_x509_crl((tmp_path / "seal.crl").read_bytes())
    assert [row.serial_number for row in revoked] == [old[0].serial_number]
    assert revoked.is_signature_valid(new[1].public_key())
    assert not sealkeys.needs_list(path)
    assert sealkeys.needs_list(path, at=datetime.now(UTC) + timedelta(days=21))
