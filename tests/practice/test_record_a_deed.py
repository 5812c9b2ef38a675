"""A learner records what was done for a promise, corrects what came back, and takes back what was a mistake."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.audit.models import Entry
from practice import actions
from practice.models import Deed, DeedState, private_storage
from programmes import actions as programme_actions
from programmes.contracts import PROMISES
from programmes.queries import ProgrammeClosed, StepUnknown

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def picture(content=PNG, name="照片.png"):
    return SimpleUploadedFile(name, content)


def test_a_deed_keeps_a_snapshot_of_the_promise(workplace, enrolment):
    deed = workplace.deed(enrolment, promise_key="letter#2")
    PROMISES[:] = []
    deed.refresh_from_db()
    assert (deed.state, deed.promise_key, deed.promise) == (DeedState.SUBMITTED, "letter#2", "有一说一，不编造")
    assert [e.action for e in Entry.objects.all() if e.action.startswith("practice")] == ["practice.record_deed"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("promise_key", {"promise_key": "letter#9"}),
        ("promise_key", {"promise_key": ""}),
        ("sentence", {"sentence": "  \n "}),
        ("sentence", {"sentence": "长" * 201}),
        ("happened_on", {"happened_on": timezone.localdate() + dt.timedelta(days=2)}),  # midnight may come first
        ("happened_on", {"happened_on": timezone.localdate() - dt.timedelta(days=11)}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(workplace, enrolment, field, change):
    with pytest.raises(ValidationError) as refused:
        workplace.deed(enrolment, **change)
    assert list(refused.value.message_dict) == [field]
    assert Deed.objects.count() == 0


def test_a_programme_without_a_letter_takes_deeds_without_a_promise(workplace, enrolment):
    PROMISES[:] = []
    assert workplace.deed(enrolment, promise_key="letter#1").promise == ""


def test_a_double_tap_records_one_deed(workplace, enrolment):
    workplace.deed(enrolment)
    with pytest.raises(actions.DeedRecordedBefore):
        workplace.deed(enrolment, evidence=picture())
    assert Deed.objects.count() == 1
    assert stored_files() == []


def stored_files():
    storage = private_storage()
    found = []
    if storage.exists("deeds"):
        for year in storage.listdir("deeds")[0]:
            found += storage.listdir(f"deeds/{year}")[1]
    return found


def test_evidence_is_stored_privately_under_a_random_name_with_the_type_that_its_bytes_prove(workplace, enrolment):
    deed = workplace.deed(enrolment, evidence=picture(name="林知远的照片.exe"))
    assert deed.evidence_type == "image/png"
    assert deed.evidence.name.endswith(".png")
    assert "林" not in deed.evidence.name
    assert len(stored_files()) == 1


@pytest.mark.parametrize("content", [b"MZ\x90 not a picture", b"<svg onload=alert(1)>", b"GIF89a" + b"0" * 20])
def test_a_file_of_another_type_is_refused_and_leaves_nothing(workplace, enrolment, content):
    with pytest.raises(actions.EvidenceRefused) as refused:
        workplace.deed(enrolment, evidence=picture(content, "evidence.pdf"))
    assert refused.value.status == 415
    assert (Deed.objects.count(), stored_files()) == (0, [])


def test_a_file_over_the_limit_is_refused(workplace, enrolment, settings):
    settings.UPLOAD_MAX_BYTES = 30
    with pytest.raises(actions.EvidenceRefused) as refused:
        workplace.deed(enrolment, evidence=picture())
    assert (refused.value.status, stored_files()) == (413, [])


def test_a_returned_deed_is_corrected_and_waits_again(workplace, enrolment):
    deed = workplace.deed(enrolment, evidence=picture())
    actions.return_deed(by=workplace.coordinator, public_id=deed.public_id, reason="写清是哪一天")
    deed.refresh_from_db()
    actions.correct_deed(
        gate=workplace.gate(enrolment),
        deed=deed,
        sentence="周三上午回的",
        happened_on=timezone.localdate(),
        promise_key="letter#2",
        evidence=picture(b"%PDF-1.7 scan"),
    )
    deed.refresh_from_db()
    assert (deed.state, deed.sentence, deed.promise_key, deed.reason, deed.decided_by) == (
        DeedState.SUBMITTED,
        "周三上午回的",
        "letter#2",
        "",
        None,
    )
    assert deed.evidence_type == "application/pdf"


def test_only_a_returned_deed_can_be_corrected(workplace, enrolment):
    deed = workplace.deed(enrolment)
    with pytest.raises(actions.WrongState):
        actions.correct_deed(
            gate=workplace.gate(enrolment),
            deed=deed,
            sentence="另一句",
            happened_on=timezone.localdate(),
            promise_key="letter#1",
        )


def test_a_deed_taken_back_loses_its_evidence_and_can_be_recorded_anew(
    workplace, enrolment, django_capture_on_commit_callbacks
):
    deed = workplace.deed(enrolment, evidence=picture())
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw_deed(gate=workplace.gate(enrolment), deed=deed)
    deed.refresh_from_db()
    assert (deed.state, deed.evidence.name, stored_files()) == (DeedState.WITHDRAWN, "", [])
    assert workplace.deed(enrolment).state == DeedState.SUBMITTED
    with pytest.raises(actions.WrongState):
        actions.withdraw_deed(gate=workplace.gate(enrolment), deed=deed)


def test_a_colleague_cannot_take_back_or_correct_somebody_elses_deed(workplace, enrolment):
    deed = workplace.deed(enrolment)
    colleague = workplace.learner()
    with pytest.raises(actions.WrongState):
        actions.withdraw_deed(gate=workplace.gate(colleague), deed=deed)


def test_the_gate_guards_the_page_and_every_post(workplace, enrolment, client):
    address = f"/practice/steps/{workplace.step.public_id}/"
    assert client.get(address).status_code == 302
    client.force_login(workplace.coordinator)
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    programme_actions.close_programme(by=None, programme=workplace.programme)
    with pytest.raises(ProgrammeClosed):
        workplace.gate(enrolment)
    with pytest.raises(StepUnknown):
        actions.steps.enter(user=workplace.coordinator, step_public_id=workplace.step.public_id)


def test_a_confirmed_deed_cannot_be_changed_or_deleted_by_raw_sql(workplace, enrolment):
    deed = workplace.deed(enrolment)
    actions.confirm_deeds(by=workplace.coordinator, public_ids=[deed.public_id])
    for sql in ("UPDATE practice_deed SET sentence = 'else'", "DELETE FROM practice_deed"):
        with (
            pytest.raises(DatabaseError, match="write-once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'lost'",
        "state = 'returned'",
        "state = 'confirmed'",
        "reason = 'because'",
        "evidence = 'deeds/x.pdf'",
        "promise = ''",
        "sentence = ''",
    ],
)
def test_the_database_refuses_a_state_that_its_columns_do_not_explain(workplace, enrolment, change):
    workplace.deed(enrolment)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE practice_deed SET " + change)


def test_a_practise_step_is_configured_while_its_programme_is_a_draft(workplace):
    with pytest.raises(actions.StepNotConfigurable):
        actions.configure_step(by=None, step=workplace.step, required_deeds=1)
    workplace.programme.state = "draft"
    workplace.programme.save()
    assert actions.configure_step(by=None, step=workplace.step, required_deeds=1).required_deeds == 1
    with pytest.raises(ValidationError):
        actions.configure_step(by=None, step=workplace.step, required_deeds=0)
