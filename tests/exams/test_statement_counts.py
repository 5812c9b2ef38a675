"""How many SQL statements a request costs. Transaction control does not count."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.middleware import SessionLimitMiddleware
from exams import actions, queries
from exams.models import Attempt, Paper
from tests.exams.conftest import right_answers
from tests.factories import exams as make

pytestmark = pytest.mark.django_db
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
SIGN_IN = 2  # session and user


def statements(call):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(CONTROL)]


@pytest.fixture
def entry(client):
    for _ in range(50):
        make.item("single")
    sections = [{"bank": make.bank(), "type": "single", "count": 50}]
    entry = make.seat(the_paper=make.paper(sections=sections))
    client.force_login(entry.enrolment.user)
    return entry


def after_a_minute(client):
    """The next request writes into the session that somebody is there."""
    session = client.session
    session[SessionLimitMiddleware.SEEN] = timezone.now().timestamp() - 2 * SessionLimitMiddleware.MINUTE
    session.save()


def test_starting_fifty_items(client, entry):
    url = reverse("exams:start", args=[entry.step.public_id])
    actions.prepare_papers(paper=Paper.objects.get(), count=1)
    after_a_minute(client)
    assert len(statements(lambda: client.post(url))) <= 12
    assert len(Attempt.objects.get().drawn) == 50


def test_saving_takes_two_beyond_signing_in(client, entry):
    attempt = actions.start_attempt(entry=entry)
    url = reverse("exams:answers", args=[attempt.public_id])
    token = queries.pen_token(attempt.public_id, 1)
    rows = [{"seq": n, "position": n, "value": "x"} for n in range(1, 21)]
    body = json.dumps({"epoch": 1, "token": token, "answers": rows})
    for _ in range(2):  # the repeat costs the same
        done = statements(lambda: client.post(url, body, content_type="application/json"))
        assert len(done) == SIGN_IN + 2


def test_handing_in_fifty_answers(client, entry):
    attempt = actions.start_attempt(entry=entry)
    actions.save_responses(
        by=entry.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt)
    )
    after_a_minute(client)
    url = reverse("exams:submit", args=[attempt.public_id])
    assert len(statements(lambda: client.post(url))) <= 10
    assert Attempt.objects.get().passed


def test_pages_cost_the_same_however_many_questions_there_are(client, entry):
    few = make.seat(the_paper=make.paper(sections=[{"bank": make.bank(), "type": "single", "count": 1}]))
    counts = []
    for each in (few, entry):
        client.force_login(each.enrolment.user)
        attempt = actions.start_attempt(entry=each)
        page = [reverse("exams:attempt", args=[attempt.public_id]), reverse("exams:step", args=[each.step.public_id])]
        for url in page:
            client.get(url)
        open_counts = [len(statements(lambda url=url: client.get(url))) for url in page]
        actions.submit_attempt(by=each.enrolment.user, attempt_id=attempt.public_id)
        result = reverse("exams:result", args=[attempt.public_id])
        counts.append([*open_counts, len(statements(lambda url=result: client.get(url)))])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15
