"""What a stranger learns from the page that checks a letter: by its code, or from a file."""

import json
import re
from html import unescape
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from pledges import actions, queries
from pledges.models import IssuerKey, Letter, SignatureLevel
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def letter():
    return make.logged(make.enrolment(user=UserFactory(name="林某")))


def shown(response):
    """What a reader sees: without what the script may show later."""
    return re.sub(r"<template.*?</template>", "", response.content.decode(), flags=re.DOTALL).replace("<wbr>", "")


def files(letter):
    row = Letter.objects.get(pk=letter.pk).public_record
    proof = queries.proof_of(row).text()
    return row.body.encode(), proof.encode()


def send(client, data, proof=None, name="letter.json"):
    body = {"file": SimpleUploadedFile(name, data)}
    if proof is not None:
        body["proof"] = SimpleUploadedFile("letter.tlog-proof", proof)
    response = client.post(reverse("pledges:check-file"), body)
    html = shown(response)
    return (
        response.status_code,
        html,
        re.findall(r'<li class="(\w*)" data-finding="[^"]*"><span class="m">.*?<strong>(.*?)</strong>', html),
    )


def test_the_check_of_a_code_shows_what_was_checked(client, letter):
    response = client.get(reverse("pledges:check", args=[letter.public_id]))
    html = shown(response)
    for part in (
        "与原件相符",
        "林某",
        "内容一个字都没有改动",
        "公开日志里有它",
        "由本平台签发",
        "没有撤回，也没有过期",
        letter.code,
    ):
        assert part in html
    assert "python -m tlog verify" in html


def test_a_genuine_record_with_its_proof_or_without_is_the_original(client, letter):
    record, proof = files(letter)
    titles = [("", "公开日志里有它"), ("", "内容一个字都没有改动"), ("", "由本平台签发"), ("", "没有撤回，也没有过期")]
    for given in (proof, None):
        status, html, found = send(client, record, given)
        assert (status, "与原件相符" in html, found) == (200, True, titles)


def test_a_changed_record_is_named_as_changed(client, letter):
    record, proof = files(letter)
    status, html, found = send(client, record.replace("按时办结".encode(), "按时办完".encode()), proof)
    assert (status, "与原件不符" in html) == (200, True)
    assert [title for mark, title in found if mark == "no"] == [
        "文字与公开日志里的不一致",
        "不是本平台签发的，或者签发后改动过",
    ]


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"a":1,"a":2}', b"%PDF-1.7 nothing"])
def test_what_is_no_letter_gets_an_answer_and_no_error(client, letter, data):
    status, html, _found = send(client, data)
    assert status in (200, 400)
    assert "与原件相符" not in html


def test_a_record_that_names_another_letter_is_not_shown_as_that_letter(client, letter):
    record, proof = files(letter)
    other = make.logged()
    forged = record.replace(letter.public_id.encode(), other.public_id.encode())
    _status, html, _found = send(client, forged, proof)
    assert "与原件不符" in html


def test_a_withdrawn_letters_file_is_genuine_and_holds_no_more(client, letter):
    record, proof = files(letter)
    actions.withdraw_letter(by=letter.signer, letter=letter)
    make.sequence()
    status, html, found = send(client, record, proof)
    assert (status, ("no", "已撤回") in found, "后来已撤回" in html) == (200, True, True)
    assert letter.code not in html


def test_a_pdf_that_was_saved_anew_is_not_the_original_though_its_record_is(client, letter):
    make.work_off()
    pdf = make.pdf_bytes(letter)
    _status, html, found = send(client, pdf, name="letter.pdf")
    assert ("", "PDF有本平台的印记，没有改动") in found
    assert "与原件相符" in html
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.add_blank_page()
    other = BytesIO()
    writer.write(other)
    _status, html, found = send(client, other.getvalue(), name="letter.pdf")
    assert ("no", "PDF改动过，或者没有本平台的印记") in found
    assert "与原件不符" in html


def test_a_file_that_is_too_large_is_refused(client):
    status, html, _found = send(client, b"%PDF-" + bytes(2_000_001))
    assert (status, "文件太大" in html) == (400, True)


def test_one_address_cannot_check_without_end(client, letter):
    record, _proof = files(letter)
    answers = [send(client, record)[0] for _n in range(31)]
    assert answers == [200] * 30 + [400]


def test_one_address_cannot_ask_for_states_without_end(client, letter, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "check_state": "2/m/ip"}
    address = reverse("pledges:check-state", args=[letter.public_id])
    assert [client.get(address).status_code for _n in range(3)] == [200, 200, 429]


def test_get_is_not_for_files_and_post_is_not_for_codes(client, letter):
    assert client.get(reverse("pledges:check-file")).status_code == 405
    assert client.post(reverse("pledges:check", args=[letter.public_id])).status_code == 405


def test_a_check_takes_few_statements(client, letter):
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("pledges:check", args=[letter.public_id]))
    assert sum("pledges_" in query["sql"] or "ledger_" in query["sql"] for query in seen) == 7


def test_what_became_of_a_letter_is_told_by_its_code_alone(client, letter):
    def state(code):
        response = client.get(reverse("pledges:check-state", args=[code]))
        return response.status_code, response.json()

    place = letter.public_record.entry.place.place
    assert state(letter.public_id) == (200, {"standing": "in_force", "place": place, "later": []})
    hidden = make.signed(visibility="none")
    unknown = (200, {"standing": "unknown", "place": None, "later": []})
    assert [state(code) for code in (hidden.public_id, "ABCDEFGHJKLM")] == [unknown, unknown]
    actions.withdraw_letter(by=letter.signer, letter=letter)
    make.sequence()
    status, told = state(letter.public_id)
    assert (status, told["standing"], [(row["op"], row["word"]) for row in told["later"]]) == (
        200, "withdrawn", [("withdrawn", "已撤回")],
    )  # fmt: skip


def test_what_became_of_it_is_told_in_words_with_the_reason(client, letter):
    office = make.coordinator_of(queries.accepting_unit_of(letter))
    actions.correct_letter(by=office, letter=letter, note="单位已更名。")
    actions.invalidate_letter(by=office, letter=letter, reason="duplicate")
    told = client.get(reverse("pledges:check-state", args=[letter.public_id])).json()
    assert (told["standing"], [row["op"] for row in told["later"]]) == ("invalidated", ["invalidated"])
    assert "重复签署" in told["later"][0]["word"]
    actions.restore_letter(by=office, letter=letter)
    told = client.get(reverse("pledges:check-state", args=[letter.public_id])).json()
    assert (told["standing"], [row["op"] for row in told["later"]]) == (
        "in_force", ["corrected", "invalidated", "restored"],
    )  # fmt: skip


def test_the_page_carries_whom_it_trusts(client, letter):
    for address in (reverse("pledges:verify"), reverse("pledges:check", args=[letter.public_id])):
        html = client.get(address).content.decode()
        found = json.loads(re.search(r'<script id="pinned" type="application/json">(.*?)</script>', html)[1])
        assert found == queries.pinned()
        assert found["policy"].startswith("log ")
        assert IssuerKey.objects.get().multibase in found["issuer"]


def test_the_script_has_words_for_every_way_to_sign(client, letter):
    html = client.get(reverse("pledges:verify")).content.decode()
    told = dict(re.findall(r'<template data-level="(\w+)">(.*?)</template>', html))
    assert {value: unescape(words) for value, words in told.items()} == {
        level.value: level.label for level in SignatureLevel
    }
