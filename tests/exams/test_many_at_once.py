"""Requests that arrive at the same moment, with real threads and real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from exams import actions
from exams.models import Attempt, PreparedPaper, Response, Score, SittingEvent, UncountedDraw
from foundation.audit.models import Entry
from programmes.models import StepCompletion
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

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


def test_many_starts_at_once_take_each_prepared_paper_once(threads):
    for _ in range(6):
        make.item("single")
    paper = make.paper(sections=[{"bank": make.bank(), "type": "single", "count": 3}])
    entries = [make.seat(the_paper=paper) for _ in range(8)]
    actions.prepare_papers(paper=paper, count=6)
    seeds = set(PreparedPaper.objects.values_list("seed", flat=True))
    started = threads([lambda entry=entry: actions.start_attempt(entry=entry) for entry in entries])
    assert len({attempt.seed for attempt in started}) == 8
    assert seeds <= {attempt.seed for attempt in started}
    assert UncountedDraw.objects.count() == 2
    assert not PreparedPaper.objects.exists()


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


def test_handing_in_and_being_handed_in_at_once_give_one_score(threads, entry, attempt):
    user, guard = entry.enrolment.user, UserFactory()
    actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt))
    calls = [lambda: actions.submit_attempt(by=user, attempt_id=attempt.public_id).pk] * 3
    calls += [lambda: actions.force_submit(by=guard, attempt=attempt, reason="收卷").pk] * 3
    assert set(threads(calls)) == {attempt.pk}
    assert (Score.objects.count(), Score.objects.get().points) == (1, 5)
    closing = Entry.objects.filter(action__in=["exams.submit_attempt", "exams.force_submit"])
    assert closing.count() == 1


def test_minutes_given_while_answers_arrive_lose_neither(threads, entry, attempt):
    user, guard, batch = entry.enrolment.user, UserFactory(), right_answers(attempt)
    saves = [
        lambda a=a: actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=[a]).problem
        for a in batch
    ]
    gives = [lambda: actions.give_minutes(by=guard, attempt=attempt, minutes=5, reason="断电").public_id] * 3
    replies = threads(saves + gives)
    assert replies[: len(batch)] == [""] * len(batch)
    moved = Attempt.objects.get().deadline - attempt.deadline
    assert (moved.total_seconds(), Response.objects.count()) == (15 * 60, len(batch))


def test_the_same_pulse_many_times_at_once_counts_once(threads, entry, attempt):
    user, events = entry.enrolment.user, [actions.Noticed(1, "left"), actions.Noticed(2, "back", 4)]
    call = lambda: actions.pulse(by=user, attempt_id=attempt.public_id, epoch=1, events=events).left_count  # noqa: E731
    assert set(threads([call] * 6)) == {1}
    assert SittingEvent.objects.count() == 2
