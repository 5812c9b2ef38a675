"""A seal with a time-stamp service is PAdES B-LTA: it holds beyond its certificate, and every byte is looked at."""

import asyncio
import random
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation import ades, policy_decl
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from foundation import pdfseal, pdftime, sealkeys
from tests.programs import needs
from tests.tlog.test_seal import plain, refused
from tests.tlog.tsa import TimeStampService
from tlog import seal
from tlog.record import seal_multikey

pytestmark = needs("openssl")  # our time-stamp service


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """`(the file, the trusted multikeys, how to ask for time, whom to believe)`."""
    folder = tmp_path_factory.mktemp("time")
    service = TimeStampService(folder)
    sealkeys.create(folder / "seal.pem", "信行", "http://localhost:8000/.well-known/seal.crl")
    stamper = pdftime.service(service.address)
    key = pdfseal.Seal(folder / "seal.pem", stamper)
    own, root = (row.public_bytes(Encoding.DER) for row in key.chain)
    believed = x509.load_pem_x509_certificate(service.roots.read_bytes()).public_bytes(Encoding.DER)
    trust = pdftime.Trust([root, believed], [own], [(folder / "seal.crl").read_bytes(), service.revoked])
    pdf = pdftime.keep_for_long(plain(folder, key), stamper=stamper, trust=trust)
    assert service.asked >= 2
    yield pdf, [seal_multikey(seal.point(key.public))], stamper, trust
    service.close()


def level(pdf, trust):
    """What pyHanko's own validation of the level B-LTA says."""

    local = policy_decl.RevocationInfoGatheringSpec(
        online_fetching_rule=policy_decl.RevinfoOnlineFetchingRule.LOCAL_ONLY,
        certificate_fetching_rule=policy_decl.CertificateFetchingRule.NEVER_FETCH,
    )
    believed = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust.roots), revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    spec = policy_decl.PdfSignatureValidationSpec(
        policy_decl.SignatureValidationSpec(cert_validation_policy=believed, revinfo_gathering_policy=local)
    )
    found = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures[0]
    return asyncio.run(ades.ades_lta_validation(found, spec)).ades_subindic.name


def test_the_seal_holds_for_us_and_for_pyhanko_at_level_b_lta(made):
    pdf, trusted, _stamper, trust = made
    assert len(seal.check(pdf, trusted)) == 16
    assert level(pdf, trust) == "OK"


def test_a_further_time_stamp_is_added_before_the_last_one_ends(made):
    pdf, trusted, stamper, trust = made
    longer = pdftime.prolong(pdf, stamper=stamper, trust=trust)
    assert longer.startswith(pdf)
    assert seal.check(longer, trusted) == seal.check(pdf, trusted)
    assert level(longer, trust) == "OK"
    assert pdftime.last_stamp(longer).not_valid_after == pdftime.last_stamp(pdf).not_valid_after


def test_flipped_bytes_anywhere_are_refused(made):
    pdf, trusted, _stamper, _trust = made
    dice = random.Random(3161)
    for at in sorted(dice.sample(range(len(pdf)), 250)):
        refused(pdf[:at] + bytes([pdf[at] ^ (1 << at % 8)]) + pdf[at + 1 :], trusted)


def test_what_is_added_or_cut_is_refused(made):
    pdf, trusted, _stamper, _trust = made
    revisions = [at + 6 for at in range(len(pdf)) if pdf.startswith(b"%%EOF\n", at)]
    for data in (pdf + b"\n", pdf + b"% more\n", pdf[:-1], *(pdf[:end] for end in revisions[:-1])):
        refused(data, trusted)


def test_a_page_that_was_changed_later_is_refused_though_a_time_stamp_covers_it(made, tmp_path):
    """Anybody can ask a time-stamp service for a stamp over a changed file."""

    pdf, trusted, stamper, _trust = made
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = page["/MediaBox"][2]
    writer.mark_update(page.container_ref)
    forged = asyncio.run(PdfTimeStamper(stamper).async_timestamp_pdf(writer, "sha256")).getvalue()
    assert refused(forged, trusted) == "other-bytes"
