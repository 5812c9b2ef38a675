"""A letter speaks the language that it was signed in, whoever reads it in whichever language."""

import io
import re

import pytest
from pypdf import PdfReader

from pledges import actions, keys, queries
from pledges.actions import Words
from tests.factories import pledges as make
from tlog import leaf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["zh-hans", "en"])
def letter(request):
    """Signed in that language, with its PDF."""
    template = make.template(ready=False, title_en="Commitment letter")
    make.ready_version(
        template, clauses=("一条。",), promises=(), clauses_en=["One thing."], breach_liability_en="Dealt with.",
        preamble_en="I mean it.", reason_en="Of my own will",
    )  # fmt: skip
    letter = make.signed(make.enrolment(template), words=Words(request.param))
    make.work_off()
    return letter


EXPECTED = {"zh-hans": ("zh-Hans", "违诺责任", "一条。"), "en": ("en", "Breach liability", "One thing.")}


def test_page_pdf_and_record_name_the_letters_own_language(client, letter):
    language, head, clause = EXPECTED[letter.record.locale]
    for site in ("", "/en"):
        html = client.get(f"{site}/l/{letter.public_id}").content.decode()
        assert re.search(r'<h1 class="l-title" lang="([\w-]+)"', html)[1] == language
        assert re.search(r'<div class="l-body" lang="([\w-]+)"', html)[1] == language
        assert re.search(r'<h2 class="l-head">(.*?)</h2>', html)[1] == head
        assert clause in html
    subject = leaf.load(client.get(f"/l/{letter.public_id}.json").content)["credentialSubject"]
    assert subject["language"] == language
    pdf = PdfReader(io.BytesIO(make.pdf_bytes(letter)))
    assert pdf.trailer["/Root"]["/Lang"] == language
    text = "".join(page.extract_text() for page in pdf.pages)
    assert (head in text, clause in text) == (True, True)
    assert queries.check_published(letter.public_id).ok


def test_the_sealed_copy_of_a_letter_that_has_ended_does_so_too(client, letter):
    locale = letter.record.locale
    language, head, _clause = EXPECTED[locale]
    office = make.coordinator_of(queries.accepting_unit_of(letter))
    actions.end_letter(by=office, letter=letter, reason="requested")
    texts = leaf.load(keys.unseal(bytes(letter.archived.sealed), about=f"{letter.public_id}/archive"))
    assert texts["language"] == locale
    client.force_login(office)
    page = client.post(f"/pledges/archive/{letter.public_id}/", {"reason": "核查当年承诺"}).content.decode()
    assert re.search(r'<div class="l-body" lang="([\w-]+)"', page)[1] == language
    assert re.search(r'<h2 class="l-head">(.*?)</h2>', page)[1] == head
