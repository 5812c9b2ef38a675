"""What the database itself does not accept, tried with raw SQL."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from pledges.models import Letter, LetterRecord, LetterVersion
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def refuse(sql, error=DatabaseError, match="write-once"):
    with pytest.raises(error, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE pledges_letter SET visibility = 'none'",
        "UPDATE pledges_letter SET code = '32058320261118000009'",
        "UPDATE pledges_letter SET signer_id = signer_id + 1",
        "DELETE FROM pledges_letter",
        "UPDATE pledges_letterrecord SET subject_name = 'other'",
        "UPDATE pledges_letterrecord SET breach_liability = ''",
        "UPDATE pledges_signingevidence SET method = 'other'",
        "DELETE FROM pledges_signingevidence",
        "UPDATE pledges_publication SET published_at = '2020-01-01'",
        "DELETE FROM pledges_publication",
        "UPDATE pledges_letterversion SET breach_liability = 'softer'",
        "DELETE FROM pledges_letterversion",
    ],
)
def test_what_is_signed_or_frozen_cannot_be_changed(sql):
    make.published()
    refuse(sql)


COLUMNS = (
    "public_id, code, district, made_on, signed_at, version_id, signer_id, subject, audience, visibility, "
    "signer_is_minor, state"
)


def insert(letter, **changes):
    values = {
        "public_id": "'ZZZZZZZZZZZZ'",
        "code": "'32058320261118000009'",
        "district": "'320583'",
        "made_on": "'2026-11-18'",
        "signed_at": "'2026-11-18 00:00:00+00:00'",
        "version_id": str(letter.version_id),
        "signer_id": str(letter.signer_id),
        "subject": "'person'",
        "audience": "'civil_servant'",
        "visibility": "'none'",
        "signer_is_minor": "FALSE",
        "state": "'in_force'",
    } | changes
    given = ", ".join(values[column.strip()] for column in COLUMNS.split(","))
    return " ".join(["INSERT INTO pledges_letter", f"({COLUMNS})", f"VALUES ({given})"])


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"code": "'3205832026111800000'"}, "letter_code"),
        ({"code": "'3205832026111800000x'"}, "letter_code_twenty_digits"),
        ({"code": "'32058420261118000009'"}, "letter_code_names_division_and_day"),
        ({"code": "'32058320261119000009'"}, "letter_code_names_division_and_day"),
        ({"visibility": "'named'", "signer_is_minor": "TRUE"}, "letter_of_a_minor_or_class_never_public"),
        ({"visibility": "'unit'", "subject": "'class'"}, "letter_of_a_minor_or_class_never_public"),
        ({"visibility": "'everyone'"}, "letter_visibility_known"),
        ({"state": "'withdrawn'"}, "letter_withdrawn_has_its_moment"),
    ],
)
def test_a_wrong_letter_is_refused(changes, constraint):
    letter = make.signed()
    refuse(insert(letter, **changes), IntegrityError, constraint)


def test_the_same_columns_are_accepted_when_they_are_right():
    letter = make.signed()
    with connection.cursor() as cursor:
        cursor.execute(insert(letter))
    assert Letter.objects.count() == 2


def test_one_enrolment_has_one_letter_in_force_per_step():
    letter = make.signed()
    second = insert(letter).replace(") VALUES (", f", enrolment_id, step_id) VALUES ({''}")
    second = second[:-1] + f", {letter.enrolment_id}, {letter.step_id})"
    refuse(second, IntegrityError, "letter_signed_once_per_step|enrolment_id")


def test_the_signer_cannot_be_deleted_from_under_a_letter():
    letter = make.signed()
    with pytest.raises(ProtectedError):
        letter.signer.delete()
    with pytest.raises(ProtectedError):
        letter.version.template.delete()


def test_a_version_is_not_ready_without_a_second_person():
    template = make.template(ready=False)
    version = LetterVersion.objects.filter(template=template)
    assert not version.exists()
    author = UserFactory()
    draft = make.actions.draft_version(
        by=author,
        template=template,
        clauses=make.number_clauses(["一条。"], []),
        breach_liability="责任",
        reason="事由",
    )
    assert LetterVersion.objects.get() == draft
    table = "UPDATE pledges_letterversion SET state = 'ready', frozen_at = '2026-11-18'"
    refuse(table, IntegrityError, "version_ready_means_reviewed_and_frozen")
    by_author = table.replace("frozen_at =", f"reviewer_id = {author.pk}, frozen_at =")
    refuse(by_author, IntegrityError, "version_reviewed_by_a_second_person")


def test_a_template_of_another_type_says_which_and_no_other_does():
    make.template()
    why = "template_type_text_of_other_types"
    refuse("UPDATE pledges_lettertemplate SET pledge_type = 'other'", IntegrityError, why)
    refuse("UPDATE pledges_lettertemplate SET pledge_type_text = '某类'", IntegrityError, why)


def test_a_class_template_cannot_be_public():
    make.class_template()
    refuse("UPDATE pledges_lettertemplate SET publication = 'public'", IntegrityError, "template_class_never_public")


def test_a_record_may_be_removed_because_withdrawal_destroys_it():
    letter = make.signed()
    LetterRecord.objects.filter(letter=letter).delete()
    assert not LetterRecord.objects.exists()
