"""Signing queues the publication; the job publishes once; the PDF follows."""

import io

import pytest
from django.core.files.storage import storages
from pypdf import PdfReader

from foundation.jobs.worker import run_pending
from notifications.models import Message
from organisations.models import Kind
from pledges import actions, tasks
from pledges.models import Letter, LetterPdf, Publication
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_letter_and_its_pdf_are_public_when_the_worker_has_run():
    letter = make.signed()
    assert not Publication.objects.exists()
    make.work_off()
    assert Publication.objects.get().letter == letter
    assert LetterPdf.objects.get().letter == letter
    assert set(make.jobs().values_list("state", flat=True)) == {"done"}


def test_publishing_and_rendering_again_changes_nothing_and_the_signer_is_told_once():
    letter = make.signed()
    for _again in range(3):
        tasks.publish({"letter": letter.pk}, None)
    moment = Publication.objects.get().published_at
    make.sequence()
    run_pending()
    tasks.publish({"letter": letter.pk}, None)
    assert Publication.objects.get().published_at == moment
    assert make.jobs().filter(kind="pledges.render_pdf").count() == 1
    told = Message.objects.get(kind="pledges.published")
    assert (told.user, told.url) == (letter.signer, f"/l/{letter.public_id}")
    assert (letter.shown_code in told.subject, "Your letter is public" in told.body) == (True, True)


def test_a_letter_that_is_not_public_is_never_published_whatever_is_queued():
    letter = make.signed(visibility="none")
    assert not make.jobs().exists()
    tasks.publish({"letter": letter.pk}, None)
    assert not Publication.objects.exists()


def test_a_letter_withdrawn_before_the_worker_ran_is_not_published():
    letter = make.signed()
    actions.withdraw_letter(by=letter.signer, letter=letter)
    run_pending()
    assert not Publication.objects.exists()
    assert set(make.jobs().values_list("state", flat=True)) == {"done"}


def pdf_of(letter):
    make.work_off()
    return storages["private"].open(LetterPdf.objects.get(letter=letter).file).read()


def test_the_pdf_is_one_small_page_with_extractable_chinese_and_rare_names():
    unit = OrganisationFactory(name="市水利局", kind=Kind.DEPARTMENT)
    letter = make.signed(make.enrolment(user=UserFactory(name="龑䶮"), unit=unit))
    data = pdf_of(letter)
    reader = PdfReader(io.BytesIO(data))
    text = "".join(reader.pages[0].extract_text().split())
    assert len(reader.pages) == 1
    assert len(data) <= 60 * 1024
    for part in ("龑䶮", "市水利局", "说过的时限，按时办结。", "未履行的，依规处理。", letter.code, letter.shown_code):
        assert part in text
    assert "平台核验标记，非公章" in text
    fonts = {
        str(f["/BaseFont"]) for p in reader.pages for f in (r.get_object() for r in p["/Resources"]["/Font"].values())
    }
    assert [font.split("+")[1] for font in fonts] == ["Xinxing-Serif"]


def test_the_pdf_of_a_unit_only_letter_has_no_name():
    letter = make.signed(make.enrolment(user=UserFactory(name="龑䶮")), visibility="unit")
    text = PdfReader(io.BytesIO(pdf_of(letter))).pages[0].extract_text()
    assert "龑" not in text
    assert letter.record.public_unit in "".join(text.split())


def test_without_the_system_libraries_the_letter_is_public_and_its_pdf_waits(monkeypatch):
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    letter = make.signed()
    make.work_off()
    assert Publication.objects.filter(letter=letter).exists()
    assert not LetterPdf.objects.exists()
    monkeypatch.undo()
    tasks.missing_pdfs({}, None)
    run_pending()
    assert LetterPdf.objects.get().letter == letter


def test_a_second_pdf_replaces_the_first_and_its_file():
    letter = make.published()
    first = actions.store_pdf(letter_id=letter.pk, data=b"%PDF-1")
    second = actions.store_pdf(letter_id=letter.pk, data=b"%PDF-2")
    assert LetterPdf.objects.get().sha256 == second.sha256
    assert not storages["private"].exists(first.file)
    assert storages["private"].exists(second.file)


def test_nothing_is_kept_of_a_pdf_whose_letter_was_withdrawn_meanwhile():
    letter = make.published()
    actions.withdraw_letter(by=letter.signer, letter=letter)
    assert actions.store_pdf(letter_id=letter.pk, data=b"%PDF-1") is None
    assert not LetterPdf.objects.exists()
    assert Letter.objects.get().state == "withdrawn"
