"""Objection and correction: five working days, a clock, a mark while it is checked, an answer."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Message
from pledges import actions, queries
from pledges.models import Letter, LetterEvent, Objection
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.groups import member

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 16, 2, tzinfo=dt.UTC)
FRIDAY = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


def office_of(letter):
    return make.coordinator_of(queries.accepting_unit_of(letter))


def own(letter, at=MONDAY):
    return actions.file_objection(letter=letter, by=letter.signer, text="单位名称写错了。", at=at)


def page_of(client, letter):
    return client.get(reverse("pledges:letter", args=[letter.public_id])).content.decode()


def test_the_answer_is_due_after_five_working_days():
    letter = make.published()
    assert own(letter, MONDAY).due_on == dt.date(2026, 11, 23)
    assert own(make.published(), FRIDAY).due_on == dt.date(2026, 11, 27)
    objection = Objection.objects.earliest("pk")
    assert [queries.days_left(objection, dt.date(2026, 11, day)) for day in (16, 20, 21, 23, 24)] == [5, 1, 1, 0, 0]
    assert [queries.days_late(objection, dt.date(2026, 11, day)) for day in (23, 24, 30)] == [0, 1, 5]


def test_the_signers_own_objection_marks_the_letter_at_once_and_a_strangers_when_it_is_taken_up(client):
    letter = make.published()
    stranger = actions.file_objection(letter=letter, contact="张某 13800138000", text="不是本人。")
    assert "正在核查" not in page_of(client, letter)
    actions.take_up_objection(by=office_of(letter), objection=stranger)
    assert "正在核查" in page_of(client, letter)
    other = make.published()
    own(other)
    assert "正在核查" in page_of(client, other)


def test_a_second_objection_while_one_is_open_is_the_first():
    letter = make.published()
    assert own(letter) == own(letter)
    assert Objection.objects.count() == 1


@pytest.mark.parametrize(
    ("outcome", "more", "state", "kinds"),
    [
        ("reject", {}, "rejected", []),
        ("correct", {"note": "单位更名为市水务局。"}, "upheld", ["corrected"]),
        ("invalidate", {"reason": "wrong_person"}, "upheld", ["invalidated"]),
        ("end", {"reason": "requested"}, "upheld", ["ended"]),
    ],
)
def test_a_decision_answers_and_does_what_follows(client, outcome, more, state, kinds):
    letter = make.published()
    objection = own(letter)
    actions.decide_objection(by=office_of(letter), objection=objection, outcome=outcome, answer="已核查。", **more)
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == (state, "已核查。")
    assert list(LetterEvent.objects.values_list("kind", flat=True)) == kinds
    assert Message.objects.get(user=letter.signer, kind="pledges.answered").url.endswith(f"/{objection.code}/")
    client.force_login(letter.signer)
    assert "已核查。" in client.get(reverse("pledges:objection", args=[objection.code])).content.decode()
    with pytest.raises(actions.NotPossible):
        actions.decide_objection(by=office_of(letter), objection=objection, outcome="reject", answer="再")


def test_nothing_is_decided_where_what_would_follow_is_refused():
    letter = make.published()
    objection = own(letter)
    with pytest.raises(actions.NotPossible):
        actions.decide_objection(by=office_of(letter), objection=objection, outcome="correct", answer="是", note="")
    objection.refresh_from_db()
    assert objection.state == "checking"


def test_only_the_accepting_unit_and_the_credit_office_see_and_decide(client):
    letter = make.published()
    objection = own(letter)
    page = reverse("pledges:office-objection", args=[objection.code])
    office, credit = office_of(letter), member("credit office")
    for user, status in (
        (office, 200),
        (credit, 200),
        (letter.signer, 404),
        (make.coordinator_of(make.accepting_unit()), 404),
    ):
        client.force_login(user)
        assert client.get(page).status_code == status
    with pytest.raises(actions.NotYours):
        actions.decide_objection(by=letter.signer, objection=objection, outcome="reject", answer="x")
    client.force_login(office)
    given = {"outcome": "reject", "answer": "核对无误。"}
    assert client.post(page, {"outcome": "invalidate", "reason": "fulfilled", "answer": "x"}).status_code == 400
    assert client.post(page, given).status_code == 302
    client.force_login(UserFactory())
    assert client.get(reverse("pledges:office")).status_code == 403


@pytest.mark.parametrize("outcome", [{"outcome": "reject"}, {"outcome": "end", "reason": "requested"}])
def test_a_minors_objection_reaches_the_credit_office_and_their_letter_no_list(client, outcome):
    letter = make.signed(make.enrolment(user=UserFactory(age_class="minor")), visibility="none")
    objection, unit, credit = own(letter), office_of(letter), member("credit office")
    page = reverse("pledges:office-objection", args=[objection.code])
    client.force_login(unit)
    assert client.get(page).status_code == 404
    assert objection.code not in client.get(reverse("pledges:office")).content.decode()
    assert (queries.may_decide(unit, letter), queries.may_decide(credit, letter)) == (False, True)
    client.force_login(credit)
    assert client.get(reverse("pledges:office")).content.decode().count(objection.code) == 2  # address and word
    assert list(queries.office_letters(credit)) == list(queries.office_letters(unit)) == []
    letter_page = reverse("pledges:office-letter", args=[letter.public_id])
    assert client.get(letter_page).status_code == 404
    assert letter_page not in client.get(page).content.decode()
    assert client.post(page, {"answer": "已核查。"} | outcome).status_code == 302
    objection.refresh_from_db()
    assert objection.answer == "已核查。"
    assert not queries.may_decide(credit, letter)


def test_anybody_can_object_to_a_published_letter_and_nobody_to_one_that_is_not(client):
    letter = make.published()
    url = reverse("pledges:public-objection", args=[letter.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"text": "不对"}).status_code == 400  # nobody could be answered
    done = client.post(url, {"text": "不对", "contact": "张某 13800138000"})
    assert Objection.objects.get().code in done.content.decode()
    for _again in range(12):
        last = client.post(url, {"text": "不对", "contact": "张某"})
    assert last.status_code == 400
    assert Objection.objects.count() <= 10
    hidden = make.signed(visibility="none")
    assert client.get(reverse("pledges:public-objection", args=[hidden.public_id])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_as_many_statements_for_one_as_for_three(client, count):
    unit = make.accepting_unit()
    template = make.template(accepting_unit=unit)
    for _n in range(count):
        own(make.published(make.enrolment(template)))
    client.force_login(make.coordinator_of(unit))
    url = reverse("pledges:office")
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        page = client.get(url).content.decode()
    assert page.count('class="rowlink code"') == 2 * count
    assert sum("pledges_" in query["sql"] for query in seen) == 5


def test_the_database_wants_an_answer_with_a_decision():
    own(make.published())
    for sql in ("UPDATE pledges_objection SET state = 'upheld'", "UPDATE pledges_objection SET state = 'gone'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.parametrize("who", ["auditor", "credit office", "coordinator", "signer"])
def test_evidence_is_opened_by_the_auditor_with_a_reason_only(client, who):
    letter = make.published()
    users = {"coordinator": office_of(letter), "signer": letter.signer}
    user = users.get(who) or member(who)
    client.force_login(user)
    url = reverse("pledges:evidence")
    if who != "auditor":
        assert (
            client.get(url).status_code
            == client.post(url, {"code": letter.code, "reason": "核查异议"}).status_code
            == 403
        )
        return
    assert client.post(url, {"code": letter.code, "reason": "短"}).status_code == 400
    page = client.post(url, {"code": letter.code, "reason": "核查异议第一号"}).content.decode()
    assert letter.code in page
    found = actions.open_evidence(code=letter.public_id, reason="another look")
    assert [row["reason"] for row in found["later"]["openedBefore"]] == ["核查异议第一号"]
    assert Letter.objects.count() == 1
