"""Withdrawn, ended, invalid and valid again, corrected, fulfilled, expired, renewed: each once, each in the log."""

import datetime as dt

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.audit.models import Entry
from foundation.ledger.models import LogEntry, LogPlace
from foundation.ledger.sequencer import sequence
from pledges import actions, keys, queries
from pledges.actions.evidence import keep_extras
from pledges.models import (
    ArchivedLetter,
    Copy,
    EventStatement,
    Fulfilment,
    Letter,
    LetterEvent,
    LetterRecord,
    PublicRecord,
    SealedExtra,
)
from programmes.models import StepCompletion
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tlog import leaf

pytestmark = pytest.mark.django_db


def office_of(letter):
    return make.coordinator_of(queries.accepting_unit_of(letter))


def ops(letter):
    """(op, index it acts on) of the letter's entries in the log, in their order."""
    found = LogPlace.objects.filter(entry__event_key__startswith=f"pledge:{letter.public_id}:").order_by("place")
    return [(leaf.load(bytes(row.leaf))["op"], leaf.load(bytes(row.leaf)).get("p")) for row in found]


def organisation_letter(**fields):
    request = make.request(**fields)
    handler = UserFactory()
    unit = OrganisationFactory(kind="enterprise", uscc=request.uscc, name=request.organisation_name)
    MembershipFactory(user=handler, organisation=unit)
    letter = actions.sign_for_organisation(
        by=handler, request=request, handler_name=handler.name, handler_role="专员", visibility="named",
        reading=make.reading(handler),
    )  # fmt: skip
    actions.publish_letter(letter_id=letter.pk)
    return Letter.objects.get(pk=letter.pk)


def test_a_withdrawal_destroys_what_is_public_and_seals_what_the_office_must_keep(django_capture_on_commit_callbacks):
    letter = make.logged(words=None)
    name = letter.record.subject_name
    actions.withdraw_letter(by=letter.signer, letter=letter)
    sequence()
    assert not LetterRecord.objects.exists()
    assert not PublicRecord.objects.exists()
    first = LogPlace.objects.get(entry__event_key=f"pledge:{letter.public_id}:add").place
    assert ops(letter) == [("add", None), ("withdraw", first)]
    kept = ArchivedLetter.objects.get()
    texts = leaf.load(keys.unseal(bytes(kept.sealed), about=f"{letter.public_id}/archive"))
    assert texts["subjectName"] == name
    assert kept.keep_until.year == letter.valid_until.year + 3
    assert list(LetterEvent.objects.values_list("kind", "unit_name")) == [
        ("withdrawn", queries.accepting_unit_of(letter).name)
    ]


def test_what_the_archive_keeps_goes_when_its_time_is_over():
    letter = make.logged()
    actions.withdraw_letter(by=letter.signer, letter=letter)
    last = ArchivedLetter.objects.get().keep_until
    noon = dt.datetime.combine(last, dt.time(4), dt.UTC)
    assert actions.tidy_letters(at=noon) == 0
    assert ArchivedLetter.objects.count() == 1
    assert actions.tidy_letters(at=noon + dt.timedelta(days=1)) == 1
    assert not ArchivedLetter.objects.exists()


@pytest.mark.parametrize("kind", ["approval", "repair"])
def test_letters_that_replace_something_are_ended_by_the_unit_and_not_by_the_signer(kind):
    letter = make.logged(make.enrolment(make.template(pledge_type=kind)))
    with pytest.raises(actions.NotWithdrawable):
        actions.withdraw_letter(by=letter.signer, letter=letter)
    with pytest.raises(actions.NotYours):
        actions.end_letter(by=UserFactory(), letter=letter, reason="requested")
    ended = actions.end_letter(by=office_of(letter), letter=letter, reason="requested")
    assert (ended.state, LetterEvent.objects.get().kind) == ("withdrawn", "ended")
    assert not StepCompletion.objects.exists()


def test_the_database_knows_which_letters_the_unit_ends():
    make.template(pledge_type="repair")
    with pytest.raises(DatabaseError, match="ended_by_the_unit"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE pledges_lettertemplate SET withdrawable = TRUE")


def test_a_letter_declared_invalid_says_so_with_a_neutral_reason_and_can_be_valid_again(client):
    letter = make.logged()
    page = reverse("pledges:letter", args=[letter.public_id])
    office = office_of(letter)
    actions.invalidate_letter(by=office, letter=letter, reason="duplicate")
    answer = client.get(page)
    assert answer.status_code == 410
    text = answer.content.decode()
    assert "重复签署" in text
    assert letter.record.subject_name not in text
    assert client.get(reverse("pledges:letter-json", args=[letter.public_id])).status_code == 404
    assert not StepCompletion.objects.exists()
    actions.restore_letter(by=office, letter=letter)
    assert client.get(page).status_code == 200
    assert StepCompletion.objects.count() == 1
    with pytest.raises(actions.NotPossible):
        actions.restore_letter(by=office, letter=letter)
    actions.invalidate_letter(by=office, letter=letter, reason="duplicate")
    sequence()
    assert [op for op, _p in ops(letter)] == ["add", "withdraw", "restore", "withdraw"]


def test_nothing_is_restored_over_a_letter_that_was_signed_anew():
    enrolled = make.enrolment()
    letter = make.logged(enrolled)
    office = office_of(letter)
    actions.invalidate_letter(by=office, letter=letter, reason="wrong_text")
    second = make.signed(enrolled)
    with pytest.raises(actions.NotPossible):
        actions.restore_letter(by=office, letter=letter)
    assert Letter.objects.in_force().get() == second


def test_a_correction_stands_beside_the_letter_signed_and_in_the_log(client):
    letter = make.logged()
    before = LetterRecord.objects.filter(letter=letter).values().get()
    event = actions.correct_letter(by=office_of(letter), letter=letter, note="单位已更名为市水务局。")
    sequence()
    said = EventStatement.objects.get(event=event)
    body = leaf.load(said.body.encode())
    assert body["credentialSubject"]["note"] == "单位已更名为市水务局。"
    assert leaf.commitment(body, bytes(said.salt)) == event.entry.commitment
    assert ops(letter)[1:] == [
        ("amend", ops(letter) and LogPlace.objects.get(entry__op="add", entry__kind="pledge").place)
    ]
    assert LetterRecord.objects.filter(letter=letter).values().get() == before
    assert "单位已更名为市水务局" in client.get(reverse("pledges:letter", args=[letter.public_id])).content.decode()
    actions.withdraw_letter(by=letter.signer, letter=letter)
    assert not EventStatement.objects.exists()


def test_the_signer_does_not_decide_in_their_own_matter():
    unit = make.accepting_unit()
    signer = make.coordinator_of(unit)
    letter = make.published(make.enrolment(make.template(accepting_unit=unit), user=signer))
    with pytest.raises(actions.NotYours):
        actions.correct_letter(by=signer, letter=letter, note="改")


@pytest.mark.parametrize(
    ("status", "missing", "followed", "ok"),
    [
        ("whole", "", "", True), ("partly", "第二条", "约谈", True), ("not", "全部", "收回资金", True),
        ("whole", "第二条", "", False), ("partly", "", "约谈", False), ("not", "全部", "", False),
    ],
)  # fmt: skip
def test_fulfilment_says_what_is_missing_and_what_followed_or_neither(client, status, missing, followed, ok):
    letter = organisation_letter()
    given = {"status": status, "unfulfilled_content": missing, "sanction_content": followed}
    if not ok:
        with pytest.raises(actions.NotPossible):
            actions.record_fulfilment(by=office_of(letter), letter=letter, **given)
        assert not Fulfilment.objects.exists()
        return
    made = actions.record_fulfilment(by=office_of(letter), letter=letter, **given)
    sequence()
    assert [op for op, _p in ops(letter)] == ["add", "amend"]
    text = client.get(reverse("pledges:letter", args=[letter.public_id])).content.decode()
    assert made.get_status_display() in text


def test_a_person_has_no_fulfilment_status_at_all():
    letter = make.published()
    for status in ("whole", "not"):
        with pytest.raises(actions.NotPossible):
            actions.record_fulfilment(
                by=office_of(letter), letter=letter, status=status, unfulfilled_content="x", sanction_content="y"
            )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE pledges_fulfilment SET status = 'whole'",
        "UPDATE pledges_letterevent SET kind = 'restored'",
        "DELETE FROM pledges_letterevent",
        "UPDATE pledges_eventstatement SET note = 'other'",
        "UPDATE pledges_sealedextra SET sealed = x'00'",
    ],
)
def test_what_happened_cannot_be_rewritten(sql):
    letter = organisation_letter()
    actions.record_fulfilment(
        by=office_of(letter), letter=letter, status="not", unfulfilled_content="全部", sanction_content="收回资金"
    )
    keep_extras(letter=letter, address="192.0.2.1", strokes="")
    sql = sql.replace("x'00'", "'\\x00'") if connection.vendor == "postgresql" else sql
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_expiry_is_told_once_also_of_letters_that_are_not_public():
    long_ago = timezone.now() - dt.timedelta(days=400)
    letters = [make.signed(visibility=choice, at=long_ago) for choice in ("named", "none")]
    actions.publish_letter(letter_id=letters[0].pk)
    assert [actions.expire_letters(), actions.expire_letters()] == [2, 0]
    sequence()
    assert [op for op, _p in ops(letters[0])] == ["add", "expire"]
    assert ops(letters[1]) == []
    assert LogEntry.objects.filter(op="expire").count() == 1


def old_letter(days=320):
    return make.published(at=timezone.now() - dt.timedelta(days=days))


def test_a_letter_that_runs_out_is_renewed_by_a_new_one_with_a_link_between_them(client):
    letter = old_letter()
    renewal = actions.renew_letter(
        by=letter.signer, letter=letter, visibility="named", reading=make.reading(letter.signer)
    )
    assert (renewal.renews, renewal.enrolment_id, renewal.code == letter.code) == (letter, None, False)
    again = actions.renew_letter(
        by=letter.signer, letter=letter, visibility="none", reading=make.reading(letter.signer)
    )
    assert again == renewal
    actions.publish_letter(letter_id=renewal.pk)
    sequence()
    assert [op for op, _p in ops(letter)] == ["add", "amend"]
    text = client.get(reverse("pledges:letter", args=[letter.public_id])).content.decode()
    assert reverse("pledges:letter", args=[renewal.public_id]) in text
    assert StepCompletion.objects.count() == 1


@pytest.mark.parametrize(("days", "who"), [(10, "signer"), (320, "stranger")])
def test_a_letter_is_renewed_only_by_its_signer_and_only_near_its_end(days, who):
    letter = old_letter(days)
    by = letter.signer if who == "signer" else UserFactory()
    with pytest.raises(actions.NotRenewable):
        actions.renew_letter(by=by, letter=letter, visibility="none", reading=make.reading(by))


def test_a_renewal_that_is_not_public_is_not_named_on_the_old_letters_page(client):
    letter = old_letter()
    renewal = actions.renew_letter(
        by=letter.signer, letter=letter, visibility="none", reading=make.reading(letter.signer)
    )
    text = client.get(reverse("pledges:letter", args=[letter.public_id])).content.decode()
    assert "已续签" in text
    assert renewal.public_id not in text


def test_an_organisation_renews_at_the_request_of_its_accepting_unit():
    letter = organisation_letter()
    office = office_of(letter)
    request = actions.request_letter(
        by=office, template=letter.version.template, organisation_name=letter.record.subject_name,
        uscc=make.USCC, renews=letter,
    )  # fmt: skip
    renewal = actions.sign_for_organisation(
        by=letter.signer, request=request, handler_name="某", handler_role="专员", visibility="named",
        reading=make.reading(letter.signer),
    )  # fmt: skip
    assert renewal.renews == letter
    with pytest.raises(actions.NotYourUnit):
        actions.request_letter(
            by=office, template=letter.version.template, organisation_name="x", uscc=make.USCC, renews=letter
        )


def test_two_copies_are_really_made_and_each_side_keeps_its_own(client):
    school = OrganisationFactory(kind="school", name="实验小学")
    teacher = UserFactory(name="𬭚老师")
    MembershipFactory(user=teacher, organisation=school, is_home=True)
    template = make.template(audience="teacher", copies=2, publication="limited")
    letter = make.signed(make.enrolment(template, user=teacher, unit=school), visibility="none")
    make.work_off()
    copies = {copy.holder: copy for copy in Copy.objects.filter(letter=letter)}
    assert set(copies) == {"signer", "unit"}
    assert copies["unit"].unit == school
    assert all(storages["private"].open(copy.file).read(5) == b"%PDF-" for copy in copies.values())
    client.force_login(teacher)
    assert client.get(reverse("pledges:my-copy", args=[letter.public_id])).status_code == 200
    assert client.get(reverse("pledges:filed-copy", args=[letter.public_id])).status_code == 404
    client.force_login(make.coordinator_of(school))
    assert client.get(reverse("pledges:filed-copy", args=[letter.public_id])).status_code == 200
    assert letter.record.subject_name in client.get(reverse("pledges:copies")).content.decode()
    client.force_login(UserFactory())
    assert client.get(reverse("pledges:filed-copy", args=[letter.public_id])).status_code == 404
    actions.withdraw_letter(by=teacher, letter=letter)
    left = Copy.objects.get(letter=letter)
    assert (left.holder, left.keep_until.year) == ("unit", letter.valid_until.year + 3)


def test_nothing_of_a_pupils_promise_is_kept_after_a_withdrawal():
    child = UserFactory(child=True)
    letter = actions.sign_letter(
        opened=make.gate(make.enrolment(make.class_template(), user=child)), visibility="none",
        reading=actions.Reading(opened_at=timezone.now(), confirmed=True, method="session"),
    )  # fmt: skip
    actions.withdraw_letter(by=child, letter=letter)
    assert not ArchivedLetter.objects.exists()
    assert not SealedExtra.objects.exists()
    assert not LogEntry.objects.exclude(kind="key").exists()


def test_a_retired_letter_refuses_to_be_signed_and_says_until_when_it_could_be(client):
    template = make.template()
    enrolled = make.enrolment(template)
    actions.retire_template(by=UserFactory(), template=template, last_day=dt.date(2026, 6, 30))
    with pytest.raises(actions.TemplateRetired):
        make.signed(enrolled)
    client.force_login(enrolled.user)
    answer = client.get(reverse("pledges:sign", args=[make.step_of(enrolled).public_id]))
    assert answer.status_code == 410
    assert "2026年6月30日" in answer.content.decode()
    assert template.accepting_unit.name in answer.content.decode()


def test_the_archived_copy_is_opened_by_who_decides_with_a_reason_that_stays(client):
    letter = make.published()
    name, office = letter.record.subject_name, office_of(letter)
    actions.withdraw_letter(by=letter.signer, letter=letter)
    address = reverse("pledges:archived", args=[letter.public_id])
    for somebody in (letter.signer, make.coordinator_of(OrganisationFactory())):
        client.force_login(somebody)
        assert (client.get(address).status_code, client.post(address, {"reason": "想看看这份"}).status_code) == (
            404,
            404,
        )
    client.force_login(office)
    listed = client.get(reverse("pledges:archive"), {"q": letter.code}).content.decode()
    assert (letter.code in listed, name in listed) == (True, False)
    assert letter.code not in client.get(reverse("pledges:archive"), {"q": "3205"}).content.decode()
    assert name not in client.get(address).content.decode()
    assert client.post(address, {"reason": "看"}).status_code == 400
    assert not Entry.objects.filter(action="pledges.open_archived").exists()
    answer = client.post(address, {"reason": "信访件需核对原文"})
    assert name in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert Entry.objects.get(action="pledges.open_archived").details == {"reason": "信访件需核对原文"}
