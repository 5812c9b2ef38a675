"""A site that moves, a log that ends, a seal whose key was stolen: what was signed stays, a forgery is found out."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from foundation import fonts
from foundation.audit.models import Entry
from foundation.ledger import actions as ledger
from foundation.ledger import keys as log_keys
from foundation.ledger.models import LogPlace
from foundation.ledger.sequencer import sequence
from pledges import actions, pdf_seals, queries
from pledges.models import IssuerKey, LetterPdf
from tests.factories import pledges as make
from tests.ledger.test_witnesses import restart  # noqa: F401  # a fixture
from tlog.attachments import from_pdf

pytestmark = pytest.mark.django_db
needs_pdf = pytest.mark.skipif(not fonts.pdf_available().ok, reason="the libraries for PDFs are not here")


def results(data):
    """What a check on our server finds in a PDF, by name."""
    return {finding.name: finding.result for finding in queries.check_files(*from_pdf(data), data).findings}


def test_after_a_move_to_another_host_the_same_key_signs_under_both_addresses():
    before = make.logged()
    with override_settings(SITE_URL="https://letters.example.org"):
        after = make.logged()
        assert [row.method.split("#")[0] for row in IssuerKey.objects.order_by("pk")] == [
            "did:web:localhost%3A8000",
            "did:web:letters.example.org",
        ]
        assert len(set(IssuerKey.objects.values_list("multibase", flat=True))) == 1
        for letter in (before, after):
            assert queries.check_published(letter.public_id).ok


@needs_pdf
def test_a_stolen_seal_is_believed_by_nobody_and_every_pdf_is_made_anew(settings):
    letter = make.signed()
    make.work_off()
    old, stolen = make.pdf_bytes(letter), Path(settings.SEAL_KEY_FILE).read_bytes()
    serial = pdf_seals.certificate().serial_number
    assert results(old)["seal"] == "holds"
    assert actions.queue_missing_pdfs() == 0
    out = StringIO()
    call_command("seal_key", revoke="the server was broken into", stdout=out)
    assert f"{serial:X}  revoked" in out.getvalue()
    assert Path(settings.SEAL_KEY_FILE).read_bytes() != stolen
    entry = Entry.objects.get(action="pledges.revoke_seal")
    assert entry.details == {"reason": "the server was broken into"}
    sequence()
    told = LogPlace.objects.filter(entry__kind="key", entry__op="withdraw")
    assert [row.entry.event_key.split("#")[1][:5] for row in told.select_related("entry")] == ["seal-"]
    assert (results(old)["seal"], results(old)["entry"]) == ("fails", "holds")
    assert actions.queue_missing_pdfs() == 1
    make.work_off()
    assert results(make.pdf_bytes(letter)) == dict.fromkeys(results(old), "holds")
    assert actions.queue_missing_pdfs() == 0


@needs_pdf
def test_a_renewed_certificate_seals_and_what_the_old_one_sealed_stays_good():
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("seal_key", renew=True)
    letter = make.signed()
    make.work_off()
    data, serial = make.pdf_bytes(letter), pdf_seals.certificate().serial_number
    call_command("seal_key", renew=True, stdout=StringIO())
    assert pdf_seals.certificate().serial_number != serial
    assert results(data)["seal"] == "holds"
    assert actions.queue_missing_pdfs() == 0
    assert Entry.objects.filter(action="pledges.renew_seal").count() == 1


def test_pdfs_that_lead_to_a_log_that_ended_are_made_anew(restart, settings):  # noqa: F811
    letter, other = make.logged(), make.logged()
    LetterPdf.objects.create(letter=letter, file="x", size=1, sha256="0" * 64, rendered_at=timezone.now())
    ledger.end_log(reason="the key was stolen")
    Path(settings.LOG_KEY_FILE).unlink()
    log_keys.create_key(Path(settings.LOG_KEY_FILE))
    assert list(queries.outdated_pdfs()) == []  # no place in the new log yet
    restart()
    sequence()
    assert list(queries.outdated_pdfs()) == [letter]
    assert actions.queue_missing_pdfs() == 2
    assert other.pk in queries.unrendered().values_list("pk", flat=True)
