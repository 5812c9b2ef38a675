"""Signing: what is stored, what is refused, and that it happens once."""

import datetime as dt

import pytest
from django.utils import timezone

from foundation.audit.models import Entry
from pledges import actions, queries
from pledges.models import Letter, LetterRecord, SigningEvidence
from programmes.models import StepCompletion
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


def counts():
    return Letter.objects.count(), LetterRecord.objects.count(), SigningEvidence.objects.count(), make.jobs().count()


def test_signing_stores_letter_record_evidence_completion_job_and_one_audit_entry():
    enrolled = make.enrolment()
    before = Entry.objects.count()
    letter = make.signed(enrolled)
    assert counts() == (1, 1, 1, 1)
    assert make.jobs().get().key == f"pledges.publish:{letter.pk}"
    completion = StepCompletion.objects.get()
    assert (completion.enrolment_id, completion.completed_at, completion.source) == (
        enrolled.pk, letter.signed_at, f"pledges.Letter:{letter.pk}",
    )  # fmt: skip
    assert list(Entry.objects.order_by("pk")[before:].values_list("action", flat=True)) == ["pledges.sign_letter"]


def test_the_record_holds_every_text_as_signed():
    unit = OrganisationFactory(name="市水利局")
    enrolled = make.enrolment(user=UserFactory(name="龑䶮"), unit=unit)
    record = make.signed(enrolled).record
    assert (record.subject_name, record.unit_name, record.subject_category) == ("龑䶮", "市水利局", "natural")
    assert [clause.text for clause in record.clause_list] == list(make.CLAUSES)
    assert (record.reason, record.breach_liability) == ("自愿作出承诺", "未履行的，依规处理。")
    assert (record.pledge_type, record.publication_type, record.subject_id_code) == ("voluntary", "public", "")
    assert record.accepting_unit == queries.version_of_step(make.step_of(enrolled).pk).template.accepting_unit.name


def test_a_letter_does_not_change_with_its_person_unit_or_template():
    enrolled = make.enrolment()
    letter = make.signed(enrolled)
    before = LetterRecord.objects.filter(letter=letter).values().get()
    enrolled.user.name = "改名"
    enrolled.user.save()
    template = letter.version.template
    actions.edit_template(by=UserFactory(), template=template, title="另一个标题")
    make.ready_version(template, clauses=("全新的一条。",))
    assert LetterRecord.objects.filter(letter=letter).values().get() == before


def test_the_code_is_division_day_in_china_and_serial():
    late = dt.datetime(2026, 11, 17, 16, 30, tzinfo=dt.UTC)  # 00:30 on the 18th in China
    template = make.template()
    first = make.signed(make.enrolment(template), at=late)
    second = make.signed(make.enrolment(template), at=late)
    assert (first.code, second.code) == ("32058320261118000001", "32058320261118000002")
    assert first.valid_until == dt.date(2027, 11, 18)


def test_each_division_and_day_counts_for_itself():
    template = make.template()
    day = dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC)
    codes = [make.signed(make.enrolment(template), at=day + dt.timedelta(days=n)).code for n in (0, 1)]
    assert codes == ["32058320261118000001", "32058320261119000001"]


def test_signing_twice_gives_the_first_letter():
    enrolled = make.enrolment()
    first = make.signed(enrolled)
    assert make.signed(enrolled, visibility="none") == first
    assert counts() == (1, 1, 1, 1)


@pytest.mark.parametrize("visibility", ["named", "unit", "none"])
def test_whatever_one_decides_about_publication_the_step_is_complete(visibility):
    enrolled = make.enrolment()
    make.signed(enrolled, visibility=visibility)
    assert StepCompletion.objects.filter(enrolment=enrolled).count() == 1
    assert make.jobs().count() == (0 if visibility == "none" else 1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"typed_name": "别人"}, actions.NameDiffers),
        ({"confirmed": False}, actions.NotRead),
    ],
)
def test_without_reading_or_the_own_name_nothing_is_stored(change, error):
    enrolled = make.enrolment()
    with pytest.raises(error):
        actions.sign_letter(
            opened=make.gate(enrolled), visibility="named", reading=make.reading(enrolled.user, **change)
        )
    assert counts() == (0, 0, 0, 0)
    assert not StepCompletion.objects.exists()


def test_a_wording_that_changed_while_one_was_reading_must_be_read_first():
    template = make.template()
    enrolled = make.enrolment(template)
    seen = queries.current_version(template).digest
    make.ready_version(template, clauses=("改过的一条。",))
    with pytest.raises(actions.WordingChanged):
        make.signed(enrolled, version_digest=seen)
    assert counts() == (0, 0, 0, 0)


def test_a_step_whose_letter_is_not_reviewed_cannot_be_signed():
    enrolled = make.enrolment(make.template(ready=False))
    with pytest.raises(actions.NothingToSign):
        make.signed(enrolled)


def test_a_pupil_promises_with_a_plain_yes_and_it_is_not_public():
    child = UserFactory(child=True, name="金丝雀同学")
    enrolled = make.enrolment(make.class_template(), user=child)
    letter = actions.sign_letter(
        opened=make.gate(enrolled),
        visibility="none",
        reading=actions.Reading(opened_at=timezone.now(), confirmed=True, method="session"),
    )
    assert (letter.visibility, letter.signer_is_minor, letter.evidence.level) == ("none", True, "confirmed")
    assert make.jobs().count() == 0


def test_evidence_says_how_it_was_signed():
    enrolled = make.enrolment()
    opened = timezone.now() - dt.timedelta(minutes=5)
    reading = make.reading(
        enrolled.user, opened_at=opened, read_to_end_at=opened + dt.timedelta(minutes=2), address="192.0.2.7",
        user_agent="x" * 900,
    )  # fmt: skip
    letter = actions.sign_letter(opened=make.gate(enrolled), visibility="named", reading=reading)
    evidence = letter.evidence
    assert (evidence.level, evidence.method, evidence.address) == ("reauthenticated", "password", "")
    assert evidence.read_to_end_at - evidence.opened_at == dt.timedelta(minutes=2)
    assert evidence.text_digest == letter.version.digest
