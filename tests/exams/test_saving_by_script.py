"""The JSON addresses of the exam page."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from exams import actions, queries
from exams.models import Attempt, Response
from exams.views.saving import MAX_BYTES
from foundation.audit.models import Entry
from programmes.actions import withdraw_enrolment
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(client, attempt):
    client.force_login(attempt.enrolment.user)
    return client


def post(client, attempt, body, name="answers", content_type="application/json"):
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(reverse(f"exams:{name}", args=[attempt.public_id]), data, content_type=content_type)


def batch(attempt, *answers, epoch=1):
    rows = [{"seq": seq, "position": position, "value": value} for seq, position, value in answers]
    return {"epoch": epoch, "token": queries.pen_token(attempt.public_id, epoch), "answers": rows}


def test_a_batch_is_stored_and_its_numbers_come_back(learner, attempt):
    reply = post(learner, attempt, batch(attempt, (1, 1, "a"), (2, 2, "b")))
    assert (reply.status_code, reply.json()["accepted"]) == (200, [1, 2])
    assert 3590 <= reply.json()["remaining"] <= 3600
    assert "no-store" in reply["Cache-Control"]


def test_taking_the_pen_makes_older_pages_stop_and_is_noted_down(learner, attempt):
    new = post(learner, attempt, {}, name="pen").json()
    assert new["epoch"] == 2
    old = post(learner, attempt, batch(attempt, (1, 1, "old")))
    assert (old.status_code, old.json()["error"], old.json()["accepted"]) == (409, "elsewhere", [1])
    answers = [{"seq": 1, "position": 1, "value": "new"}]
    assert post(learner, attempt, {**new, "answers": answers}).status_code == 200
    assert queries.answers_of(attempt) == {1: "new"}
    assert Entry.objects.filter(action="exams.take_over").count() == 1


def test_a_closed_exam_says_so(learner, attempt):
    actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id)
    reply = post(learner, attempt, batch(attempt, (1, 1, "x")))
    assert (reply.status_code, reply.json()["error"]) == (409, "closed")
    assert post(learner, attempt, {}, name="pen").status_code == 409


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{}", "text/plain", 415),
        ("a=1", "application/x-www-form-urlencoded", 415),
        (" " * (MAX_BYTES + 1), "application/json", 413),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("{}", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        ('{"epoch": true, "token": "", "answers": []}', "application/json", 400),
        ('{"epoch": 1, "token": "forged", "answers": []}', "application/json", 403),
        ("[" * 20000, "application/json", 400),
    ],
)
def test_what_our_page_would_not_send_gets_its_status_and_stores_nothing(learner, attempt, body, content_type, status):
    reply = post(learner, attempt, body, content_type=content_type)
    assert (reply.status_code, set(reply.json())) == (status, {"error", "message"})
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "answers", [None, [], [{"seq": 1}], [{"seq": 1.5, "position": 1, "value": "x"}], [7], {"a": 1}]
)
def test_a_malformed_batch_is_refused(learner, attempt, answers):
    reply = post(learner, attempt, {**batch(attempt), "answers": answers})
    assert (reply.status_code, reply.json()["error"]) == (400, "malformed")


def test_nobody_else_saves_and_the_reply_tells_nothing(client, attempt):
    assert post(client, attempt, batch(attempt, (1, 1, "x"))).status_code == 401
    client.force_login(UserFactory())
    assert post(client, attempt, batch(attempt, (1, 1, "x"))).status_code == 404
    ghost = Attempt(public_id="AAAAAAAAAAAA")
    assert post(client, ghost, batch(ghost, (1, 1, "x"))).status_code == 404


def test_the_gate_stands_before_saving_too(learner, attempt):
    withdraw_enrolment(by=None, enrolment=attempt.enrolment, reason="调离")
    assert post(learner, attempt, batch(attempt, (1, 1, "x"))).status_code == 404
    assert not Response.objects.exists()


def test_a_forged_request_from_another_site_is_refused(attempt):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(attempt.enrolment.user)
    assert post(strict, attempt, batch(attempt, (1, 1, "x"))).status_code == 403
    assert not Response.objects.exists()
