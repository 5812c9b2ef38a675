"""A certificate comes by itself, once, and never changes."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from certificates import actions
from certificates.contracts import is_number, masked, months_later, read_number, show_number
from certificates.models import Certificate, Reason, Revocation, State
from courses.models import CourseCompletion
from foundation.audit.models import Entry
from foundation.jobs.worker import run_pending
from notifications.models import Message
from organisations.models import Kind
from programmes.actions import count_completions
from programmes.models import Audience, Enrolment, EnrolmentState, Stage
from tests.factories import certificates as make
from tests.factories.accounts import UserFactory
from tests.factories.courses import make_course
from tests.factories.organisations import OrganisationFactory
from tests.factories.programmes import EnrolmentFactory

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)


def test_who_completes_the_steps_gets_one_certificate_by_itself(django_assert_max_num_queries):
    programme = make.awarding(title="公职人员诚信教育", certificate_months=12)
    done, half, elsewhere = (EnrolmentFactory(programme=programme) for _ in range(3))
    make.complete(done)
    make.complete(half, until=Stage.LEARN)
    Enrolment.objects.filter(pk=elsewhere.pk).update(state=EnrolmentState.WITHDRAWN)
    make.complete(elsewhere)
    other = EnrolmentFactory(programme=make.awarding(certificate_after=None))
    make.complete(other)
    count_completions()
    run_pending()
    found = Certificate.objects.get()
    today = timezone.localdate()
    assert (found.enrolment, found.holder_name, found.title) == (done, done.user.name, "公职人员诚信教育")
    assert (found.issued_on, found.valid_until) == (today, months_later(today, 12))
    assert is_number(found.code)
    assert found.code.startswith(f"{today:%Y%m%d}")
    assert [actions.issue_certificates() for _ in range(2)] == [0, 0]
    entry = Entry.objects.get(action="certificates.issue")
    assert (entry.actor, entry.details) == ("system", {"enrolment": done.pk, "holder": done.user_id})
    message = Message.objects.get(kind="certificates.issued")
    assert (message.user, message.url) == (done.user, f"/certificates/{found.code}/")


def test_a_programme_may_ask_for_fewer_steps_and_hours_stand_on_it():
    enrolment = EnrolmentFactory(programme=make.awarding(certificate_after=Stage.LEARN))
    for hours in ("1.50", "2.00"):
        CourseCompletion.objects.create(
            enrolment=enrolment, course=make_course(), credit_hours=Decimal(hours), completed_at=NOON
        )
    make.complete(enrolment, until=Stage.LEARN, at=NOON)
    assert actions.issue_certificates(at=NOON) == 1
    found = Certificate.objects.get()
    assert (found.credit_hours, found.valid_until, str(found.completed_on)) == (Decimal("3.5"), None, "2026-11-20")


def test_another_round_renews_and_the_old_one_stays():
    programme, user = make.awarding(certificate_months=1), UserFactory()
    old = make.certificate(programme=programme, user=user, at=NOON - dt.timedelta(days=90))
    Enrolment.objects.update(state=EnrolmentState.PAST)
    new = make.certificate(programme=programme, user=user, at=NOON)
    assert (new.renews, old.renews, old.state) == (old, None, State.EXPIRED)
    shown = {state: list(Certificate.objects.in_state(state, dt.date(2026, 11, 21))) for state in State.values}
    assert shown == {"valid": [new], "expired": [old], "revoked": []}


def test_holders_are_told_once_that_a_certificate_ends_unless_a_newer_one_follows():
    def held(months, days_ago, **kwargs):
        programme = kwargs.pop("programme", None) or make.awarding(title="年度诚信教育", certificate_months=months)
        return make.certificate(programme=programme, at=NOON - dt.timedelta(days=days_ago), **kwargs)

    soon = held(1, 1)
    for certificate in (held(None, 1), held(2, 1), held(1, 40)):  # without end, later, over
        assert certificate.end_told_at is None
    revoked, renewed = held(1, 2), held(1, 3)
    actions.revoke_certificate(by=UserFactory(), certificate=revoked, reason=Reason.ERROR, note="误发", at=NOON)
    Enrolment.objects.filter(pk=renewed.enrolment_id).update(state=EnrolmentState.PAST)
    newer = held(1, 0, programme=renewed.programme, user=renewed.holder)
    assert newer.renews == renewed
    Message.objects.all().delete()
    assert [actions.tell_of_ends(at=NOON) for _ in range(2)] == [2, 0]
    told = dict(Message.objects.filter(kind="certificates.ending").values_list("user", "body"))
    assert set(told) == {soon.holder_id, newer.holder_id}
    assert f"编号{soon.shown_code}，有效期至2026年12月19日。" in told[soon.holder_id]
    assert Entry.objects.filter(action="certificates.tell_of_ends").count() == 2
    soon.refresh_from_db()
    assert soon.end_told_at == NOON


def test_statements_do_not_grow_with_the_number_of_certificates(django_assert_num_queries):
    unit = OrganisationFactory()

    def issue(count):
        people = [EnrolmentFactory(programme=make.awarding(), organisation=unit) for _ in range(count)]
        for person in people:
            make.complete(person)
        with connection.execute_wrapper(counter := Counter()):
            assert actions.issue_certificates(enrolment_ids=[person.pk for person in people]) == count
        return counter.number

    one, three = issue(1), issue(3)
    assert three - one == 2 * 2  # one audit entry and one look for an older certificate each


class Counter:
    number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


@pytest.mark.parametrize("reason", ["minor", "pupils", "class", "sensitive"])
def test_minors_pupils_and_units_that_are_never_named_are_private(reason):
    fields = {}
    if reason == "minor":
        fields["user"] = UserFactory(age_class="minor")
    if reason == "pupils":
        fields["programme"] = make.awarding(audience=Audience.SENIOR)
    if reason == "class":
        school = OrganisationFactory(kind=Kind.SCHOOL)
        fields["organisation"] = OrganisationFactory(kind=Kind.CLASS, parent=school)
    if reason == "sensitive":
        fields["organisation"] = OrganisationFactory(is_sensitive=True)
    found = make.certificate(**fields)
    assert found.is_private
    with pytest.raises(actions.NameStaysHidden):
        actions.choose_name(certificate=found, shown=True)


def test_it_is_revoked_once_with_a_reason_and_the_holder_is_told():
    found, office = make.certificate(), UserFactory()
    with pytest.raises(ValidationError):
        actions.revoke_certificate(by=office, certificate=found, reason=Reason.ERROR, note=" ")
    actions.revoke_certificate(by=office, certificate=found, reason=Reason.ERROR, note="发错了人")
    with pytest.raises(actions.AlreadyRevoked):
        actions.revoke_certificate(by=office, certificate=found, reason=Reason.ERROR, note="再来一次")
    assert Certificate.objects.get().state == State.REVOKED
    assert Entry.objects.filter(action="certificates.revoke_certificate", actor_id=office.pk).count() == 1
    assert "发错了人" in Message.objects.get(kind="certificates.revoked").body


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE certificates_certificate SET holder_name = 'other'",
        "UPDATE certificates_certificate SET valid_until = '2099-01-01'",
        "UPDATE certificates_certificate SET is_private = TRUE",
        "DELETE FROM certificates_certificate",
        "UPDATE certificates_revocation SET note = 'other'",
        "DELETE FROM certificates_revocation",
    ],
)
def test_the_database_refuses_to_change_what_was_issued_or_revoked(sql):
    found = make.certificate()
    actions.revoke_certificate(by=UserFactory(), certificate=found, reason=Reason.ERROR, note="发错了人")
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_refuses_a_second_one_a_wrong_number_and_a_shown_name_of_a_minor():
    found = make.certificate(user=UserFactory(age_class="child", has_consent=True))
    fields = {field.attname: getattr(found, field.attname) for field in Certificate._meta.concrete_fields}
    fields.pop("id")
    free = EnrolmentFactory()
    for wrong in ({}, {"enrolment_id": free.pk, "code": "123"}, {"enrolment_id": free.pk, "shows_name": True}):
        code = {"code": "20261120123456789012"}
        with pytest.raises(DatabaseError), transaction.atomic():
            Certificate.objects.create(**{**fields, **code, **wrong})
    assert (Certificate.objects.count(), Revocation.objects.count()) == (1, 0)


def test_numbers_are_read_as_people_copy_them_and_slips_are_noticed():
    code = make.certificate().code
    assert read_number(f" {show_number(code)} ") == code
    assert read_number(code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))) == code
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert [is_number(digits) for digits in (code, wrong, code[:-1], "")] == [True, False, False, False]
    assert (masked("欧阳明"), masked("")) == ("欧＊＊", "")
    assert months_later(dt.date(2027, 8, 31), 6) == dt.date(2028, 2, 29)
