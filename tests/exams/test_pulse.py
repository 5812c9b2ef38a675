"""The page's signs of life: what they store, what they tell, what they cost."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from exams import actions, queries
from exams.models import Attempt, Presence, SittingEvent
from foundation.audit.models import Entry
from programmes.actions import withdraw_enrolment
from tests.exams.conftest import rules_given, session_held
from tests.exams.test_statement_counts import SIGN_IN, statements
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(entry):
    session_held(entry)
    return actions.start_attempt(entry=entry)


@pytest.fixture
def learner(client, attempt):
    client.force_login(attempt.enrolment.user)
    return client


def body(attempt, *events, epoch=1, waiting=0):
    rows = [{"n": n, "kind": kind, "seconds": seconds} for n, kind, seconds in events]
    return {"epoch": epoch, "token": queries.pen_token(attempt.public_id, epoch), "waiting": waiting, "events": rows}


def post(client, attempt, data):
    url = reverse("exams:pulse", args=[attempt.public_id])
    return client.post(url, json.dumps(data), content_type="application/json")


def beat(attempt, *events, epoch=1, at=None, **more):
    noticed = [actions.Noticed(*event) for event in events]
    return actions.pulse(
        by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=epoch, events=noticed, at=at, **more
    )


def limit(attempt, **fields):
    rules_given(attempt.paper, **fields)


def test_a_pulse_tells_the_clock_and_leaves_a_presence(learner, attempt):
    reply = post(learner, attempt, body(attempt, waiting=3))
    told = reply.json()
    assert (reply.status_code, told["state"], told["message"], told["accepted"]) == (200, "open", "", [])
    assert 3590 <= told["remaining"] <= 3600
    assert len(told["deadline"]) == 8
    assert Presence.objects.values_list("attempt", "waiting", "left_count").get() == (attempt.pk, 3, 0)


def test_events_are_stored_once_however_often_they_are_sent(learner, attempt):
    events = [(1, "left", 0), (2, "back", 12), (3, "copy", 0), (4, "print", 0), (5, "offline", 0), (6, "online", 40)]
    for _ in range(2):
        assert post(learner, attempt, body(attempt, *events)).json()["accepted"] == [1, 2, 3, 4, 5, 6]
    assert list(SittingEvent.objects.order_by("n").values_list("n", "kind", "seconds")) == events
    assert Presence.objects.values_list("left_count", "left_seconds", "away_since").get() == (1, 12, None)


def test_a_pulse_costs_three_statements_beyond_signing_in(learner, attempt):
    limit(attempt, leave_count=9, leave_action="lock")
    for events in ([], [(1, "left", 0)], [(2, "back", 3), (3, "left", 0), (4, "back", 1)]):
        done = statements(lambda rows=events: post(learner, attempt, body(attempt, *rows)))
        assert len(done) <= SIGN_IN + 3


def test_leaving_beyond_the_count_locks_once_and_is_in_the_log(learner, attempt):
    limit(attempt, leave_count=1, leave_action="lock")
    first = post(learner, attempt, body(attempt, (1, "left", 0), (2, "back", 5))).json()
    assert (first["state"], "1" in first["message"]) == ("open", True)
    second = post(learner, attempt, body(attempt, (3, "left", 0))).json()
    assert (second["state"], second["message"] != "") == ("locked", True)
    assert post(learner, attempt, body(attempt, (4, "back", 5))).json()["state"] == "locked"
    assert Attempt.objects.get().locked_for == "leaving"
    assert SittingEvent.objects.filter(kind="locked").count() == 1
    assert Entry.objects.filter(action="exams.pulse").count() == 1


def test_staying_away_beyond_the_seconds_locks_without_coming_back(attempt):
    limit(attempt, leave_seconds=30, leave_action="lock")
    start = attempt.started_at
    assert beat(attempt, (1, "left"), at=start).state == "open"
    assert beat(attempt, at=start + dt.timedelta(seconds=30)).state == "open"
    assert beat(attempt, at=start + dt.timedelta(seconds=31)).state == "locked"


def test_where_nobody_supervises_who_could_unlock_it_an_exam_is_not_locked(entry):
    alone = actions.start_attempt(entry=entry)
    limit(alone, leave_count=0, leave_action="lock", lock_on_take_over=True)
    told = beat(alone, (1, "left"), (2, "back", 9))
    assert (told.state, told.warning) == ("open", "limit")
    actions.take_over(by=alone.enrolment.user, attempt_id=alone.public_id, device="another", confirmed=True)
    alone.refresh_from_db()
    assert (alone.locked_at, alone.locked_for) == (None, "")


def test_nobody_is_said_to_look_where_nobody_supervises(client, entry):
    alone = actions.start_attempt(entry=entry)
    limit(alone, leave_count=0, leave_action="warn", lock_on_take_over=True)
    client.force_login(alone.enrolment.user)
    told = post(client, alone, body(alone, (1, "left", 0), (2, "back", 5))).json()
    assert told["message"] == "你离开本页的次数或时间已超过规定。已经记录。"
    limit(alone, leave_count=None, leave_action="warn")
    assert post(client, alone, body(alone, (3, "left", 0))).json()["message"] == "离开本页会被记录。"
    Attempt.objects.update(device="another device")
    pages = [
        client.get(reverse("exams:step", args=[alone.step.public_id])),
        client.get(reverse("exams:attempt", args=[alone.public_id])),
    ]
    assert [page.status_code for page in pages] == [200, 409]
    assert ["监考员" in page.content.decode() for page in pages] == [False, False]


def test_a_warning_locks_nothing(attempt):
    limit(attempt, leave_count=1, leave_action="warn")
    assert beat(attempt, (1, "left"), (2, "back", 1)).warning == "left"
    told = beat(attempt, (3, "left"), (4, "back", 1))
    assert (told.state, told.warning) == ("open", "limit")


def test_without_a_limit_leaving_is_recorded_and_nothing_is_said(attempt):
    told = beat(attempt, (1, "left"), (2, "back", 9999))
    assert (told.state, told.warning, SittingEvent.objects.count()) == ("open", "", 2)


def test_an_older_page_is_told_and_does_not_count_as_present(attempt):
    limit(attempt, leave_count=0, leave_action="lock")
    actions.take_over(by=attempt.enrolment.user, attempt_id=attempt.public_id)
    told = beat(attempt, (1, "left"))
    assert (told.state, told.accepted) == ("elsewhere", [1])
    assert (SittingEvent.objects.count(), Presence.objects.count()) == (1, 0)
    assert beat(attempt, (1, "left"), epoch=2).state == "locked"


def test_a_closed_exam_answers_and_says_so(learner, attempt):
    actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id)
    reply = post(learner, attempt, body(attempt))
    assert (reply.status_code, reply.json()["state"]) == (200, "closed")


def test_the_clock_runs_to_the_deadline_and_closes_after_the_grace(attempt, settings):
    end = attempt.deadline
    assert beat(attempt, at=end - dt.timedelta(seconds=1)).remaining == 1
    grace = dt.timedelta(seconds=settings.EXAM_GRACE_SECONDS)
    told = beat(attempt, at=end + grace)
    assert (told.state, told.remaining) == ("open", 0)
    assert beat(attempt, at=end + grace + dt.timedelta(seconds=1)).state == "closed"


def test_a_drill_has_no_clock(db):
    told = beat(actions.start_attempt(entry=make.seat("drill")))
    assert (told.state, told.remaining, told.deadline) == ("open", None, None)


def test_nobody_else_gives_signs_of_life(client, attempt):
    assert post(client, attempt, body(attempt)).status_code == 401
    client.force_login(UserFactory())
    assert post(client, attempt, body(attempt)).status_code == 404
    client.force_login(attempt.enrolment.user)
    assert post(client, attempt, body(attempt) | {"token": "forged"}).status_code == 403
    withdraw_enrolment(by=None, enrolment=attempt.enrolment, reason="调离")
    assert post(client, attempt, body(attempt)).status_code == 404
    assert not Presence.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"waiting": -1},
        {"waiting": "x"},
        {"events": [{"n": 0, "kind": "left"}]},
        {"events": [{"n": 1, "kind": "locked"}]},
        {"events": [{"n": 1, "kind": "left", "seconds": -1}]},
        {"events": [{"n": 2**31, "kind": "left"}]},
        {"events": [{"kind": "left"}]},
        {"events": [7]},
        {"events": None},
        {"events": [{"n": n, "kind": "left"} for n in range(1, 102)]},
    ],
)
def test_what_our_page_would_not_send_is_refused_whole(learner, attempt, more):
    reply = post(learner, attempt, body(attempt) | more)
    assert (reply.status_code, reply.json()["error"]) == (400, "malformed")
    assert not SittingEvent.objects.exists()


def test_events_stay_and_the_database_knows_which_are_possible(attempt):
    beat(attempt, (1, "left"))
    for sql, match in (
        ("UPDATE exams_sittingevent SET kind = 'back'", "write-once"),
        ("DELETE FROM exams_sittingevent", "write-once"),
        ("UPDATE exams_attempt SET kind = 'makeup'", "write-once|check"),
        ("UPDATE exams_attempt SET locked_for = 'leaving'", "check"),
        ("UPDATE exams_attempt SET locked_for = 'mood', locked_at = started_at", "check"),
    ):
        with pytest.raises(DatabaseError, match=f"(?i){match}"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    for fields in ({"kind": "stared", "n": 2}, {"kind": "left"}, {"kind": "locked", "n": 2}, {"kind": "left", "n": 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SittingEvent.objects.create(attempt=attempt, epoch=1, at=attempt.started_at, **fields)
