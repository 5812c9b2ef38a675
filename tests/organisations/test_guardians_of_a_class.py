"""A whole class's guardians answer: entered at once, looked at first, taken back; and what goes when one says no."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from foundation.audit.models import Entry
from organisations import actions
from organisations.models import (
    ConsentBatch,
    ConsentRefusal,
    ConsentText,
    FreeSeat,
    GuardianConsent,
    Membership,
    PupilSecret,
)
from organisations.queries.consents import consent_states
from tests.factories.accounts import UserFactory
from tests.factories.classes import classroom, come_in, sit

pytestmark = pytest.mark.django_db
PAGE = "/organisations/QS5A/consents/"


@pytest.fixture
def room():
    room = classroom(1)
    room.pupils += [sit(room.unit, room.teacher, seat, consent=False) for seat in (2, 3, 4)]
    return room


def entered(room, *agrees, **fields):
    """Answers for seats 2, 3, …: True, False, or None for a paper that is missing."""
    answers = {}
    for child, answer in zip(room.pupils[1:], agrees, strict=False):
        if answer is not None:
            answers |= {f"a-{child.public_id}": "yes" if answer else "no"}
            answers |= {f"g-{child.public_id}": "陈家长"} if answer else {}
    return {
        "text_version": "2026-09",
        "method": "paper",
        "given_on": timezone.localdate().isoformat(),
        **answers,
        **fields,
    }


def record(room, *agrees, at=None):
    answers = [
        actions.Answer(child, bool(answer), "陈家长" if answer else "", "paper")
        for child, answer in zip(room.pupils[1:], agrees, strict=False)
    ]
    moment = at or timezone.now()
    return actions.record_answers(
        by=room.teacher, school_class=room.unit, answers=answers, text_version="2026-09", given_at=moment, at=moment
    )


def active(room):
    return [User.objects.get(pk=child.pk).is_active for child in room.pupils]


def test_answers_are_looked_at_entered_and_taken_back(client, room):
    client.force_login(room.teacher)
    page = client.post(PAGE, entered(room, True, False, do="look"))
    assert [(a.child, a.agrees, a.guardian) for a in page.context["answers"]] == [
        (room.pupils[1], True, "陈家长"),
        (room.pupils[2], False, ""),
    ]
    assert active(room) == [True, False, False, False]
    assert client.post(PAGE, entered(room, True, False, do="apply")).status_code == 302
    assert active(room) == [True, True, False, False]
    states = consent_states(User.objects.filter(pk__in=[child.pk for child in room.pupils]))
    assert [states[child.pk] for child in room.pupils] == ["given", "given", "refused", "missing"]
    batch = ConsentBatch.objects.get()
    assert (batch.agreed, batch.refused, batch.recorded_by) == (1, 1, room.teacher)
    consent = GuardianConsent.objects.get(user=room.pupils[1])
    assert (consent.guardian, consent.method, consent.text_version, consent.recorded_by, consent.batch) == (
        "陈家长", "paper", "2026-09", room.teacher, batch,
    )  # fmt: skip
    client.post(PAGE, {"do": "undo", "batch": batch.public_id})
    assert active(room) == [True, False, False, False]
    assert (GuardianConsent.objects.count(), ConsentRefusal.objects.count()) == (1, 0)
    assert Entry.objects.filter(action="organisations.undo_answers").count() == 1


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ((None, None), {}),
        ((True,), {"given_on": (timezone.localdate() + timedelta(days=2)).isoformat()}),  # midnight may come first
        ((True,), {"text_version": "1999"}),
        ((True,), {"method": "sms"}),
    ],
)
def test_what_is_missing_or_wrong_is_refused_before_anything_happens(client, room, answers, fields):
    client.force_login(room.teacher)
    for do in ("look", "apply"):
        assert client.post(PAGE, entered(room, *answers, do=do, **fields)).status_code == 400
    assert active(room) == [True, False, False, False]


def test_who_agrees_has_a_name(client, room):
    client.force_login(room.teacher)
    values = entered(room, True, do="apply") | {f"g-{room.pupils[1].public_id}": " "}
    assert client.post(PAGE, values).status_code == 400
    assert ConsentBatch.objects.count() == 0


def test_the_same_answers_twice_count_once_and_an_unknown_text_never(room):
    record(room, True)
    with pytest.raises(actions.NothingAnswered):
        record(room, True)
    answer = actions.Answer(room.pupils[2], True, "陈家长", "paper")
    for version, moment in (("1999", timezone.now()), ("2026-09", timezone.now() + timedelta(hours=1))):
        with pytest.raises(ValidationError):
            actions.record_answers(
                by=room.teacher, school_class=room.unit, answers=[answer], text_version=version, given_at=moment
            )
    assert GuardianConsent.objects.count() == 2


def test_answers_that_were_acted_upon_are_not_taken_back(room):
    batch = record(room, True)
    actions.withdraw_for_guardian(by=room.teacher, child=room.pupils[1])
    with pytest.raises(actions.AnswersUsed):
        actions.undo_answers(by=room.teacher, batch=batch)


def test_a_no_may_become_a_yes(room):
    record(room, False)
    record(room, True)
    assert active(room) == [True, True, False, False]
    assert ConsentRefusal.objects.filter(ended_at=None).count() == 0


def test_a_withdrawal_closes_at_once_and_after_the_days_of_grace_nothing_names_the_child(client, room):
    child = room.pupils[0]
    User.objects.filter(pk=child.pk).update(student_number="20260714", email="", phone=None)
    now = timezone.now()
    client.force_login(room.teacher)
    client.post(PAGE, {"do": "withdraw", "child": child.public_id})
    assert not User.objects.get(pk=child.pk).is_active
    assert PupilSecret.objects.filter(user=child).count() == 0
    assert actions.forget_refused(days=7, at=now + timedelta(days=6)) == 0
    assert actions.forget_refused(days=7, at=now + timedelta(days=8)) == 1
    gone = User.objects.get(pk=child.pk)
    assert (gone.name, gone.student_number, gone.is_active) == ("", None, False)
    assert re.fullmatch(r"erased-[A-Z0-9]{12}", gone.username)
    assert gone.public_id != child.public_id
    assert GuardianConsent.objects.filter(user=child).count() == 0
    assert FreeSeat.objects.get().seat == 1
    assert Membership.objects.current().filter(user=child).count() == 0
    assert actions.forget_refused(days=7, at=now + timedelta(days=9)) == 0


def test_the_days_of_grace_after_a_no_begin_when_it_is_entered_and_not_on_the_day_of_the_slip(room):
    now = timezone.now()
    actions.record_answers(
        by=room.teacher,
        school_class=room.unit,
        answers=[actions.Answer(room.pupils[1], False)],
        text_version="2026-09",
        given_at=now - timedelta(days=8),
        at=now,
    )
    assert [actions.forget_refused(days=7, at=now + timedelta(days=days)) for days in (0, 6, 8)] == [0, 0, 1]


def test_consent_given_anew_within_the_days_of_grace_keeps_everything(room):
    now = timezone.now()
    record(room, True, at=now - timedelta(days=9))
    actions.withdraw_for_guardian(by=room.teacher, child=room.pupils[1], at=now - timedelta(days=8))
    record(room, True, at=now)
    assert actions.forget_refused(days=7, at=now) == 0
    assert active(room) == [True, True, False, False]


def test_a_child_with_consent_or_of_fourteen_is_never_forgotten(room):
    older = actions.create_pupil(by=None, school_class=room.unit, seat=20, name="大满", age_class="minor")
    for child in (room.pupils[0], older):
        with pytest.raises(ValueError, match=str(child.pk)):
            actions.forget_child(by=None, child=child)
    assert User.objects.get(pk=older.pk).name == "大满"


def test_children_without_an_account_have_a_seat_and_nothing_else(client, room):
    client.force_login(room.teacher)
    values = {"do": "set-up", "seats": 50, "secret_kind": "pictures", "free": "7，11 1"}
    page = client.post("/organisations/QS5A/class/", values, follow=True)
    assert list(FreeSeat.objects.order_by("seat").values_list("seat", flat=True)) == [7, 11]
    assert [seat.number for seat in page.context["board"].seats] == [1, 2, 3, 4, 7, 11]
    assert client.post("/organisations/QS5A/class/", values | {"free": "7, x"}).status_code == 400
    client.post("/organisations/QS5A/class/", values | {"free": "11"})
    assert list(FreeSeat.objects.filter(until=None).values_list("seat", flat=True)) == [11]


def test_the_letter_has_a_sheet_for_each_child_without_an_answer(client, room):
    client.force_login(room.teacher)
    page = client.get(f"{PAGE}letter/")
    assert [seat for seat, _child in page.context["sheets"]] == [2, 3, 4]
    assert page.content.decode().count('class="slip-form"') == 3
    assert [seat for seat, _child in client.get(f"{PAGE}letter/?all=1").context["sheets"]] == [1, 2, 3, 4]


def test_a_new_version_of_the_text_is_handed_out_and_older_papers_still_count(client, room):
    office = UserFactory(is_superuser=True)
    actions.publish_consent_text(by=office, version="2027-02", title="致家长的一封信", body="新的文本。")
    with pytest.raises(ValidationError):
        actions.publish_consent_text(by=office, version="2027-02", title="又一封", body="同一版。")
    client.force_login(room.teacher)
    assert client.get(f"{PAGE}letter/").context["text"].version == "2027-02"
    assert client.post(PAGE, entered(room, True, do="apply")).status_code == 302
    assert GuardianConsent.objects.get(user=room.pupils[1]).text_version == "2026-09"


def test_raw_sql_cannot_rewrite_a_text_or_keep_two_refusals(room):
    record(room, False)
    text = ConsentText.objects.get()
    for sql in (
        "UPDATE organisations_consenttext SET body = 'other' WHERE version = '2026-09'",
        "DELETE FROM organisations_consenttext WHERE version = '2026-09'",
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRefusal.objects.create(
            user=room.pupils[1], text_version=text.version, told_at=timezone.now(), recorded_by=room.teacher
        )


def test_a_stranger_and_a_teacher_of_another_class_find_nothing(client, room):
    other = classroom(1, code="QS5B", is_open=False)
    for somebody in (UserFactory(), other.teacher, room.pupils[0]):
        client.force_login(somebody)
        assert client.get(PAGE).status_code == 404
        assert client.get(f"{PAGE}letter/").status_code == 404
        assert client.post(PAGE, entered(room, True, do="apply")).status_code == 404
    client.force_login(other.teacher)
    batch = record(room, True)
    client.post("/organisations/QS5B/consents/", {"do": "undo", "batch": batch.public_id})
    client.post("/organisations/QS5B/consents/", {"do": "withdraw", "child": room.pupils[0].public_id})
    assert active(room) == [True, True, False, False]


@pytest.mark.parametrize("path", ["/organisations/QS5A/class/", PAGE, f"{PAGE}letter/?all=1"])
def test_pages_of_a_class_cost_the_same_with_one_pupil_and_with_three(client, path):
    room = classroom(1)
    client.force_login(room.teacher)
    client.get(path)

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    before = cost()
    room.pupils += [sit(room.unit, room.teacher, seat, consent=seat != 3) for seat in (2, 3)]
    come_in(client.__class__(), room.opening, 1)
    assert cost() == before


def test_cards_are_shown_once_and_open_the_seat(client):
    room = classroom(3, secret="")
    client.force_login(room.teacher)
    page = client.get("/organisations/QS5A/class/cards/")
    assert page.content.decode().count(" checked") == 3
    assert client.post("/organisations/QS5A/class/cards/").status_code == 200
    assert PupilSecret.objects.count() == 0
    chosen = [pupil.public_id for pupil in room.pupils[:2]]
    page = client.post("/organisations/QS5A/class/cards/", {"pupil": [*chosen, "NOBODY"]})
    cards = page.context["cards"]
    assert [seat.number for seat, _words in cards] == [1, 2]
    assert page["Cache-Control"].count("no-store") == 1
    secret = "-".join(key for key, _word in cards[0][1])
    assert come_in(client.__class__(), room.opening, 1, secret).status_code == 302
    page = client.post("/organisations/QS5A/class/", {"do": "secret", "pupil": room.pupils[0].public_id})
    assert len(page.context["cards"]) == 1
    fresh = "-".join(key for key, _word in page.context["cards"][0][1])
    again = come_in(client.__class__(), room.opening, 1, secret).status_code
    assert again == (302 if fresh == secret else 200)


def test_the_teacher_opens_shows_and_closes(client):
    room = classroom(1, is_open=False)
    client.force_login(room.teacher)
    page = "/organisations/QS5A/class/"
    assert client.get(f"{page}screen/").status_code == 302
    client.post(page, {"do": "open", "until": "45"})
    shown = client.get(f"{page}screen/")
    assert shown.context["url"].endswith(f"/class/{shown.context['board'].opening.token}/")
    assert client.get(f"{page}seat-plan/").status_code == 200
    client.post(page, {"do": "close"})
    assert client.get(page).context["board"].opening is None
    client.post(page, {"do": "nonsense"})
