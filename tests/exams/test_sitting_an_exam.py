"""Starting, saving, handing in."""

import datetime as dt

import pytest

from exams import actions, queries
from exams.models import Attempt, AttemptState, ItemVersion, Response, Score
from foundation.audit.models import Entry
from programmes.models import StepCompletion
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
Answer = actions.Answer


def save(attempt, *answers, epoch=1, at=None):
    return actions.save_responses(
        by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=epoch, answers=answers, at=at
    )


def submit(attempt, at=None):
    return actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id, at=at)


def test_starting_draws_what_the_blueprint_says_and_sets_the_clock(entry):
    attempt = actions.start_attempt(entry=entry)
    assert [points for _v, points in attempt.drawn] == ["2.00", "2.00", "1.00"]
    assert attempt.deadline - attempt.started_at == dt.timedelta(minutes=60)
    assert len(attempt.seed) == 32


def test_starting_again_comes_back_to_the_same_paper(entry, attempt):
    assert actions.start_attempt(entry=entry) == attempt
    assert Attempt.objects.count() == 1


def test_all_right_passes_and_completes_the_step_once(entry, attempt):
    save(attempt, *right_answers(attempt))
    first, second = submit(attempt), submit(attempt)
    assert first == second
    score = Score.objects.get()
    assert (score.points, score.max_points, score.passed, score.marks) == (5, 5, True, ["1", "1", "1"])
    completion = StepCompletion.objects.get()
    assert (completion.step, completion.source) == (entry.step, f"exams.Attempt:{attempt.pk}")
    assert list(Entry.objects.filter(action="exams.submit_attempt").values_list("target", flat=True)) == [
        f"exams.Attempt:{attempt.pk}"
    ]


def test_nothing_answered_scores_nothing_and_completes_nothing(attempt):
    submitted = submit(attempt)
    assert (submitted.passed, Score.objects.get().points) == (False, 0)
    assert not StepCompletion.objects.exists()


def test_a_repeated_batch_is_accepted_again_and_stored_once(attempt):
    batch = [Answer(1, 1, "abc"), Answer(2, 2, ["x"])]
    assert save(attempt, *batch).accepted == [1, 2]
    assert save(attempt, *batch).accepted == [1, 2]
    assert Response.objects.count() == 2


def test_the_same_number_with_another_value_is_not_accepted(attempt):
    save(attempt, Answer(1, 1, "first"))
    assert save(attempt, Answer(1, 1, "other"), Answer(2, 1, "second")).accepted == [2]
    assert queries.answers_of(attempt) == {1: "second"}


def test_what_arrives_out_of_order_ends_at_the_highest_number(attempt):
    save(attempt, Answer(5, 1, "new"))
    save(attempt, Answer(4, 1, "old"))
    assert queries.answers_of(attempt) == {1: "new"}


def test_a_page_that_lost_the_pen_is_told_and_its_answer_does_not_count(attempt):
    save(attempt, Answer(1, 1, "before"))
    assert actions.take_over(by=attempt.enrolment.user, attempt_id=attempt.public_id).epoch == 2
    saved = save(attempt, Answer(2, 1, "old page"))
    assert (saved.problem, saved.accepted) == ("elsewhere", [2])
    assert Response.objects.get(seq=2).late
    assert queries.answers_of(attempt) == {1: "before"}
    assert save(attempt, Answer(1, 1, "new page"), epoch=2).problem == ""
    assert queries.answers_of(attempt) == {1: "new page"}


def test_answers_count_inside_the_grace_period_and_not_after_it(attempt, settings):
    settings.EXAM_GRACE_SECONDS = 30
    assert save(attempt, Answer(1, 1, "in time"), at=attempt.deadline + dt.timedelta(seconds=30)).problem == ""
    late = save(attempt, Answer(2, 1, "late"), at=attempt.deadline + dt.timedelta(seconds=31))
    assert (late.problem, late.accepted, late.remaining) == ("closed", [2], 0)
    assert queries.answers_of(attempt) == {1: "in time"}


def test_long_after_the_end_nothing_more_is_stored(attempt):
    saved = save(attempt, Answer(1, 1, "x"), at=attempt.deadline + dt.timedelta(days=2))
    assert (saved.problem, saved.accepted) == ("closed", [])
    assert not Response.objects.exists()


def test_nothing_counts_after_handing_in(attempt):
    submit(attempt)
    assert save(attempt, Answer(1, 1, "x")).problem == "closed"
    assert Score.objects.get().points == 0


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [Answer(0, 1, "x")],
        [Answer(1, 0, "x")],
        [Answer(1, 4, "x")],
        [Answer(1, 1, {"a": {"b": {"c": "too deep"}}})],
        [Answer(1, 1, 5)],
        [Answer(1, 1, "x" * 17_000)],
        [Answer(1, 1, "a\0b")],
        [Answer(1, 1, "x"), Answer(1, 2, "x")],
        [Answer(n, 1, "x") for n in range(1, 202)],
    ],
)
def test_a_batch_that_our_page_would_not_send_is_refused_whole(attempt, answers):
    with pytest.raises(actions.BadAnswers):
        save(attempt, *answers)
    assert not Response.objects.exists()


def test_an_epoch_from_the_future_is_refused(attempt):
    with pytest.raises(actions.BadAnswers):
        save(attempt, Answer(1, 1, "x"), epoch=2)


def test_a_stranger_cannot_tell_an_attempt_from_one_that_does_not_exist(attempt):
    stranger = UserFactory()
    for call in (
        lambda: actions.save_responses(by=stranger, attempt_id=attempt.public_id, epoch=1, answers=[Answer(1, 1, "x")]),
        lambda: actions.submit_attempt(by=stranger, attempt_id=attempt.public_id),
        lambda: actions.take_over(by=stranger, attempt_id=attempt.public_id),
        lambda: queries.own_attempt(user=stranger, public_id=attempt.public_id),
    ):
        with pytest.raises(queries.AttemptUnknown):
            call()


def test_attempts_run_out_and_a_make_up_gives_one_more(entry):
    for _ in range(2):
        submit(actions.start_attempt(entry=entry))
    with pytest.raises(actions.NoAttemptsLeft):
        actions.start_attempt(entry=entry)
    paper = Attempt.objects.first().paper
    actions.grant_makeup(by=None, enrolment=entry.enrolment, paper=paper, reason="住院")
    third = actions.start_attempt(entry=entry)
    assert third.number == 3
    submit(third)
    with pytest.raises(actions.NoAttemptsLeft):
        actions.start_attempt(entry=entry)


def test_a_void_attempt_takes_the_step_back_and_does_not_count(entry, attempt):
    save(attempt, *right_answers(attempt))
    submit(attempt)
    actions.void_attempt(by=UserFactory(), attempt=attempt, reason="代考")
    assert not StepCompletion.objects.exists()
    assert actions.start_attempt(entry=entry).number == 2


def test_voiding_one_of_two_passes_keeps_the_step(entry):
    attempts = []
    for _ in range(2):
        attempt = actions.start_attempt(entry=entry)
        save(attempt, *right_answers(attempt))
        attempts.append(submit(attempt))
    actions.void_attempt(by=UserFactory(), attempt=attempts[0], reason="代考")
    assert StepCompletion.objects.get().source == f"exams.Attempt:{attempts[1].pk}"


def test_the_deadline_never_lies_beyond_the_programme(entry):
    closes = dt.datetime.combine(entry.enrolment.programme.closes_on, dt.time(23, 50))
    at = closes.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
    attempt = actions.start_attempt(entry=entry, at=at)
    assert attempt.deadline - at == dt.timedelta(minutes=10)


def test_a_bank_that_is_too_small_starts_nothing(db):
    the_paper = make.paper(sections=[{"bank": make.filled_bank(2), "type": "single", "count": 2}])
    entry = make.seat(the_paper=the_paper)
    actions.retire_item(by=None, item=ItemVersion.objects.filter(item__type="single")[0].item)
    with pytest.raises(actions.PaperNotReady):
        actions.start_attempt(entry=entry)
    assert not Attempt.objects.exists()


def test_the_sweeper_hands_in_what_the_server_has_at_the_deadline(attempt, settings):
    save(attempt, *right_answers(attempt))
    before = attempt.deadline + dt.timedelta(seconds=settings.EXAM_GRACE_SECONDS)
    assert actions.sweep_overdue(at=before) == 0
    assert actions.sweep_overdue(at=before + dt.timedelta(hours=5)) == 1
    assert actions.sweep_overdue(at=before + dt.timedelta(hours=6)) == 0
    attempt.refresh_from_db()
    assert (attempt.state, attempt.submitted_at, attempt.passed) == (AttemptState.SUBMITTED, before, True)
    assert Entry.objects.get(action="exams.sweep_attempt").actor == "system"


def test_starting_when_an_old_attempt_ran_out_closes_it_first(entry, attempt):
    second = actions.start_attempt(entry=entry, at=attempt.deadline + dt.timedelta(minutes=5))
    assert second.number == 2
    assert Attempt.objects.get(number=1).state == AttemptState.SUBMITTED
