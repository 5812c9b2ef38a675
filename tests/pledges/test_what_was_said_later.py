"""What was said of a letter later can be opened and checked by a stranger, as the letter itself."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from foundation.ledger.sequencer import sequence
from pledges import actions, queries
from pledges.models import Letter
from tests.factories import pledges as make
from tests.pledges.test_the_public_log import offline
from tests.pledges.test_what_comes_after import office_of, organisation_letter
from tlog import leaf

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    """Corrected, then found to be kept in part; both in the log."""
    letter = organisation_letter()
    actions.correct_letter(by=office_of(letter), letter=letter, note="第二条应为“三日内”。")
    actions.record_fulfilment(
        by=office_of(letter), letter=letter, status="partly", unfulfilled_content="第二条", sanction_content="责令改正"
    )
    sequence()
    return letter


def export(folder):
    call_command("export_log", folder, stdout=StringIO())
    return "--policy", folder / "log/policy.txt", "--issuer", folder / ".well-known/did.json"


def pair(folder, name):
    return folder / "l" / f"{name}.json", folder / "l" / f"{name}.tlog-proof"


def test_a_stranger_opens_every_amendment_offline_with_its_letter(letter, tmp_path):
    trust = export(tmp_path)
    name = letter.public_id
    later = [part for n in (1, 2) for part in ("--later", *pair(tmp_path, f"{name}.{n}"))]
    code, output = offline(*pair(tmp_path, name), *later, *trust, folder=tmp_path)
    assert (code, output.count("statement  holds")) == (0, 2), output
    assert [word in output for word in ("corrected", "fulfilment")] == [True, True]
    assert offline(*pair(tmp_path, f"{name}.1"), *trust, folder=tmp_path)[0] == 0
    body = leaf.load(pair(tmp_path, f"{name}.2")[0].read_bytes())["credentialSubject"]
    assert (body["fulfilmentStatus"], body["unfulfilledContent"]) == ("partly", "第二条")


def test_a_changed_statement_and_one_about_another_letter_are_refused(letter, tmp_path):
    other = make.logged()
    trust = export(tmp_path)
    body, own = pair(tmp_path, f"{letter.public_id}.1")
    code, output = offline(*pair(tmp_path, other.public_id), "--later", body, own, *trust, folder=tmp_path)
    assert (code, "about another record" in output) == (1, True)
    changed = tmp_path / "changed.json"
    changed.write_text(body.read_text(encoding="utf-8").replace("三日", "五日"), encoding="utf-8")
    letter_files = pair(tmp_path, letter.public_id)
    assert offline(*letter_files, "--later", changed, own, *trust, folder=tmp_path)[0] == 1
    proof_of_two = pair(tmp_path, f"{letter.public_id}.2")[1]
    assert offline(*letter_files, "--later", body, proof_of_two, *trust, folder=tmp_path)[0] == 1
    assert offline(*letter_files, "--later", *letter_files, *trust, folder=tmp_path)[0] == 1


def test_the_page_leads_to_both_files_as_the_export_has_them(client, letter, tmp_path):
    export(tmp_path)
    html = client.get(f"/l/{letter.public_id}").content.decode()
    for n in (1, 2):
        for ending in ("json", "tlog-proof"):
            address = f"/l/{letter.public_id}.{n}.{ending}"
            assert html.count(f'href="{address}"') == 1
            assert client.get(address).content == (tmp_path / address.lstrip("/")).read_bytes()
    for number in (0, 3):
        assert client.get(f"/l/{letter.public_id}.{number}.json").status_code == 404


def test_what_was_said_goes_with_the_letter(client, letter, tmp_path):
    export(tmp_path)
    actions.end_letter(by=office_of(letter), letter=letter, reason="fulfilled")
    sequence()
    for ending in ("json", "tlog-proof"):
        assert Client().get(f"/l/{letter.public_id}.1.{ending}").status_code == 404
    export(tmp_path)
    assert list((tmp_path / "l").iterdir()) == []


def test_an_invalid_letter_leads_to_no_statement_until_it_is_valid_again(client, letter):
    address = f"/l/{letter.public_id}.1.json"
    actions.invalidate_letter(by=office_of(letter), letter=letter, reason="decision")
    found = Letter.objects.get(pk=letter.pk)
    assert {row.statement for row in queries.happenings_of(found)} == {0}
    assert client.get(address).status_code == 404
    actions.restore_letter(by=office_of(letter), letter=letter)
    assert client.get(address).status_code == 200


def test_a_statement_that_waits_for_its_place_has_no_proof_yet(client):
    letter = make.logged()
    actions.correct_letter(by=office_of(letter), letter=letter, note="年份有误。")
    assert client.get(f"/l/{letter.public_id}.1.tlog-proof").status_code == 404
    assert ".1.json" not in client.get(f"/l/{letter.public_id}").content.decode()
    sequence()
    assert client.get(f"/l/{letter.public_id}.1.tlog-proof").status_code == 200
