"""Requests that arrive at the same moment, with real threads and real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from exams import actions
from exams.models import Attempt, Response, Score
from foundation.audit.models import Entry
from programmes.models import StepCompletion
from tests.exams.conftest import right_answers
from tests.factories import exams as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def threads():
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        connection.close()

    def run(calls):
        barrier = Barrier(len(calls))

        def one(call):
            try:
                barrier.wait(timeout=30)
                return call()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(one, calls))

    return run


def test_two_starts_give_one_attempt(threads, entry):
    made = threads([lambda: actions.start_attempt(entry=entry).pk] * 4)
    assert set(made) == set(Attempt.objects.values_list("pk", flat=True))
    assert Attempt.objects.count() == 1
    assert Entry.objects.filter(action="exams.start_attempt").count() == 1


def test_many_submits_and_the_sweeper_give_one_score(threads, entry, attempt):
    user = entry.enrolment.user
    actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt))
    late = attempt.deadline + 2 * (attempt.deadline - attempt.started_at)

    def submit():
        return actions.submit_attempt(by=user, attempt_id=attempt.public_id, at=attempt.started_at).pk

    threads([submit] * 6 + [lambda: actions.sweep_overdue(at=late)] * 2)
    assert (Score.objects.count(), StepCompletion.objects.count()) == (1, 1)
    assert Score.objects.get().points == 5
    closing = Entry.objects.filter(action__in=["exams.submit_attempt", "exams.sweep_attempt"])
    assert closing.count() == 1


def test_every_answer_acknowledged_before_the_close_is_in_the_score(threads, entry, attempt):
    user, batch = entry.enrolment.user, right_answers(attempt)

    def save(answer):
        return lambda: actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=[answer])

    def submit():
        return actions.submit_attempt(by=user, attempt_id=attempt.public_id)

    replies = threads([save(a) for a in batch] + [submit])
    counted = sum(reply.problem == "" for reply in replies[:-1])
    assert Score.objects.get().marks.count("1") == counted
    assert Response.objects.filter(late=False).count() == counted
    assert Response.objects.count() == len(batch)


def test_the_same_batch_many_times_at_once_is_stored_once(threads, entry, attempt):
    user, batch = entry.enrolment.user, right_answers(attempt)
    replies = threads(
        [lambda: actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=batch)] * 6
    )
    assert {tuple(reply.accepted) for reply in replies} == {(1, 2, 3)}
    assert Response.objects.count() == 3


def test_answering_a_drill_question_twice_at_once_counts_once(threads, db):
    entry = make.seat("drill")
    attempt = actions.start_attempt(entry=entry)
    user = entry.enrolment.user
    call = lambda: actions.answer_drill(by=user, attempt_id=attempt.public_id, number=1, value="x").pk  # noqa: E731
    assert len(set(threads([call] * 4))) == 1
    assert attempt.drill_answers.count() == 1
