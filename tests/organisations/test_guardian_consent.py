"""Nobody under 14 has an active account before a guardian's consent is recorded, and none after it is withdrawn."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from organisations import actions
from organisations.models import GuardianConsent, Kind
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def school_class():
    return OrganisationFactory(kind=Kind.CLASS, code="QS5A")


@pytest.fixture
def teacher():
    return UserFactory()


@pytest.fixture
def child(school_class, teacher):
    return actions.create_pupil(by=teacher, school_class=school_class, seat=7, name="小满", password="correct horse")


def agree(teacher, child, **change):
    values = {"guardian": "陈家长", "method": "paper", "text_version": "2026-09", **change}
    return actions.record_consent(by=teacher, child=child, **values)


def is_active(child):
    return User.objects.get(pk=child.pk).is_active


def test_a_pupils_account_opens_with_consent_and_closes_with_its_withdrawal(teacher, child, client):
    assert (child.username, is_active(child)) == ("QS5A#07", False)
    agree(teacher, child)
    assert is_active(child)
    client.force_login(child)
    assert client.get("/my/").status_code == 200
    actions.withdraw_consent(by=teacher, child=child)
    assert not is_active(child)
    assert client.get("/my/").status_code == 302
    agree(teacher, child)
    assert is_active(child)
    assert GuardianConsent.objects.count() == 2


def test_a_second_consent_and_a_second_withdrawal_are_refused(teacher, child):
    agree(teacher, child)
    with pytest.raises(actions.ConsentInForce):
        agree(teacher, child)
    actions.withdraw_consent(by=teacher, child=child)
    with pytest.raises(actions.NoConsent):
        actions.withdraw_consent(by=teacher, child=child)


@pytest.mark.parametrize("change", [{"guardian": " "}, {"method": "sms"}, {"text_version": ""}])
def test_a_consent_says_who_how_and_to_which_text(teacher, child, change):
    with pytest.raises(ValidationError):
        agree(teacher, child, **change)
    assert not is_active(child)


def test_an_older_pupil_needs_no_consent_and_keeps_the_account(school_class, teacher):
    older = actions.create_pupil(by=teacher, school_class=school_class, seat=8, name="大满", age_class="minor")
    assert older.is_active
    agree(teacher, older)
    actions.withdraw_consent(by=teacher, child=older)
    assert is_active(older)


def test_a_pupil_sits_in_a_class_and_a_seat_is_taken_once(school_class, child):
    with pytest.raises(ValidationError):
        actions.create_pupil(by=None, school_class=OrganisationFactory(), seat=9, name="谁")
    with pytest.raises(ValidationError):
        actions.create_pupil(by=None, school_class=school_class, seat=7, name="谁")


def test_raw_sql_cannot_open_a_childs_account_nor_keep_two_consents(teacher, child):
    agree(teacher, child)
    for sql in (
        "UPDATE accounts_user SET has_consent = %s WHERE id = %s",
        "UPDATE accounts_user SET is_active = %s, has_consent = %s WHERE id = %s",
    ):
        values = [False, child.pk] if sql.count("%s") == 2 else [True, False, child.pk]
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    with pytest.raises(IntegrityError), transaction.atomic():
        GuardianConsent.objects.create(
            user=child,
            guardian="谁",
            method="paper",
            text_version="1",
            given_at="2026-01-01T00:00Z",
            recorded_by=teacher,
        )
