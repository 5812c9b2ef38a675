"""A wrong key: worked out, decided, carried out once, and never a lost old score."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams import actions, queries
from exams.actions import regrade as module
from exams.models import (
    Attempt,
    ItemKey,
    ItemVersion,
    KeyCorrection,
    Regrade,
    RegradeLine,
    RegradeState,
    Score,
    VersionState,
)
from foundation.audit.models import Entry
from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from notifications.models import Message
from programmes.actions import rebuild_completions
from programmes.models import StepCompletion
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper():
    """Two single choices of one point each, pass mark 60: both must be right."""
    return make.paper(fixed=[make.item("single").item, make.item("single").item], attempts_allowed=5)


def other_option(version):
    """A wrong option of a single choice."""
    right = ItemKey.objects.get(version=version).answer["right"]
    return next(o["id"] for o in version.content["options"] if o["id"] not in right)


def sit(paper, first, second, seat=None):
    """One attempt; "right", "other" (a certain wrong option) or None for each question."""
    seat = seat or make.seat(the_paper=paper, enrolment=EnrolmentFactory(programme=ProgrammeFactory()))
    attempt = actions.start_attempt(entry=seat)
    versions = ItemVersion.objects.in_bulk([v for v, _p in attempt.drawn])
    batch = [a for a, word in zip(right_answers(attempt), (first, second), strict=True) if word == "right"]
    for n, word in enumerate((first, second), 1):
        if word == "other":
            batch.append(actions.Answer(n, n, other_option(versions[attempt.drawn[n - 1][0]])))
    if batch:
        actions.save_responses(by=seat.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=batch)
    return actions.submit_attempt(by=seat.enrolment.user, attempt_id=attempt.public_id)


def first_version(attempt):
    return ItemVersion.objects.get(pk=attempt.drawn[0][0])


def plan(version, effect="key", **more):
    if effect == "key":
        more.setdefault("answer", {"right": [other_option(version)]})
    made = actions.plan_regrade(by=None, version=version, effect=effect, reason="答案有误", **more)
    run_pending()
    return Regrade.objects.get(pk=made.pk)


def carry_out(regrade):
    actions.commit_regrade(by=UserFactory(username="manager"), regrade=regrade)
    run_pending()
    regrade.refresh_from_db()


def results():
    """(attempt, run, points, maximum, passed) of all scores."""
    return list(
        Score.objects.order_by("attempt", "run").values_list("attempt", "run", "points", "max_points", "passed")
    )


def test_working_it_out_changes_nothing_and_says_who_would_change(paper):
    wins, loses, same = sit(paper, "other", "right"), sit(paper, "right", "right"), sit(paper, None, None)
    before = results()
    regrade = plan(first_version(wins))
    assert (regrade.state, results(), KeyCorrection.objects.count()) == (RegradeState.PLANNED, before, 0)
    summary = queries.regrade_summary(regrade)
    assert summary == queries.RegradeSummary(asked=3, changed=2, now_pass=1, would_fail=1, now_fail=0, applied=0)
    assert [line.attempt for line in queries.regrade_lines(regrade)] == [wins, loses]
    assert RegradeLine.objects.get(attempt=same).changes is False
    assert not Message.objects.exists()


def test_carried_out_each_changed_attempt_has_a_second_score_and_the_first_stays(paper):
    wins, loses, same = sit(paper, "other", "right"), sit(paper, "right", "right"), sit(paper, None, None)
    regrade = plan(first_version(wins))
    carry_out(regrade)
    assert regrade.state == RegradeState.DONE
    assert results() == [
        (wins.pk, 1, 1, 2, False),
        (wins.pk, 2, 2, 2, True),
        (loses.pk, 1, 2, 2, True),
        (loses.pk, 2, 1, 2, True),
        (same.pk, 1, 0, 2, False),
    ]
    second = Score.objects.get(attempt=wins, run=2)
    assert (second.reason, second.approved_by.username) == ("答案有误", "manager")
    assert second.inputs != Score.objects.get(attempt=wins, run=1).inputs
    assert set(StepCompletion.objects.values_list("source", flat=True)) == {
        f"exams.Attempt:{wins.pk}",
        f"exams.Attempt:{loses.pk}",
    }
    assert (rebuild_completions(check=True).missing, rebuild_completions(check=True).stale) == (0, 0)


def test_where_passes_are_not_kept_the_step_is_taken_back(paper):
    loses = sit(paper, "right", "right")
    carry_out(plan(first_version(loses), keep_passes=False))
    loses.refresh_from_db()
    assert (loses.passed, StepCompletion.objects.count()) == (False, 0)
    assert results() == [(loses.pk, 1, 2, 2, True), (loses.pk, 2, 1, 2, False)]


def test_each_changed_learner_is_told_before_and_after_and_why(paper):
    wins, _same = sit(paper, "other", "right"), sit(paper, None, None)
    carry_out(plan(first_version(wins)))
    message = Message.objects.get()
    assert (message.user, message.kind) == (wins.enrolment.user, "exams.regraded")
    assert message.url == reverse("exams:result", args=[wins.public_id])
    assert all(word in message.body for word in ("答案有误", "1/2", "2/2"))


def test_the_audit_log_has_planning_deciding_and_the_end(paper):
    wins = sit(paper, "other", "right")
    carry_out(plan(first_version(wins)))
    words = Entry.objects.filter(target__startswith="exams.Regrade").order_by("pk")
    assert [(e.action, e.actor) for e in words] == [
        ("exams.plan_regrade", "system"),
        ("exams.commit_regrade", "manager"),
        ("exams.apply_regrade", "manager"),
    ]
    assert words[2].details == {"changed": 1}


def test_everyone_gets_full_marks_and_nobody_draws_the_question_any_more(paper):
    wrong, right = sit(paper, None, "right"), sit(paper, "right", "right")
    version = first_version(wrong)
    carry_out(plan(version, "full"))
    assert results() == [(wrong.pk, 1, 1, 2, False), (wrong.pk, 2, 2, 2, True), (right.pk, 1, 2, 2, True)]
    version.refresh_from_db()
    assert version.state == VersionState.RETIRED


def test_a_dropped_question_leaves_the_maximum_and_the_topics(paper):
    wrong, right = sit(paper, "other", "right"), sit(paper, "right", "right")
    carry_out(plan(first_version(wrong), "drop"))
    assert [row[1:] for row in results()] == [(1, 1, 2, False), (2, 1, 1, True), (1, 2, 2, True), (2, 1, 1, True)]
    score = Score.objects.get(attempt=right, run=2)
    assert (score.marks, [topic["total"] for topic in score.by_topic]) == ([None, "1"], [1])


def test_who_hands_in_afterwards_is_marked_with_the_corrected_key(paper):
    first = sit(paper, "other", "right")
    carry_out(plan(first_version(first)))
    later = sit(paper, "other", "right")
    assert (later.passed, Score.objects.get(attempt=later).points) == (True, 2)
    frozen = ItemKey.objects.get(version=first_version(first)).answer
    assert frozen["right"] != [other_option(first_version(first))]


def test_who_handed_in_between_working_out_and_deciding_is_marked_again_too(paper):
    first = sit(paper, "other", "right")
    regrade = plan(first_version(first))
    between = sit(paper, "other", "right")
    carry_out(regrade)
    between.refresh_from_db()
    assert (between.passed, Score.objects.filter(attempt=between).count()) == (True, 2)


def test_a_job_killed_in_the_middle_goes_on_and_marks_nobody_twice(paper, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 2)
    attempts = [sit(paper, "other", "right") for _ in range(5)]
    regrade = plan(first_version(attempts[0]))
    actions.commit_regrade(by=UserFactory(), regrade=regrade)
    assert actions.apply_slice(regrade_id=regrade.pk) is False
    assert Score.objects.filter(run=2).count() == 2

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, "notify_all", die)
        with pytest.raises(Killed), transaction.atomic():
            actions.apply_slice(regrade_id=regrade.pk)
    assert Score.objects.filter(run=2).count() == 2
    run_pending()
    Regrade.objects.filter(pk=regrade.pk).update(seen_until=0)
    actions.apply_slice(regrade_id=regrade.pk)  # once more from the start
    regrade.refresh_from_db()
    assert (regrade.state, Score.objects.filter(run=2).count()) == (RegradeState.DONE, 5)
    assert (Score.objects.filter(run=3).count(), Message.objects.count()) == (0, 5)
    assert queries.regrade_summary(regrade).applied == 5


def test_the_last_look_finds_who_was_marked_with_the_old_key_meanwhile(paper):
    first = sit(paper, "other", "right")
    regrade = plan(first_version(first))
    carry_out(regrade)
    late = Job.objects.get(key=f"{actions.APPLY_JOB}:{regrade.pk}:late")
    assert late.run_at > regrade.finished_at
    missed = sit(paper, "other", "right")
    with connection.cursor() as cursor:  # as if it had been marked before the correction was visible
        cursor.execute(
            "INSERT INTO exams_score (attempt_id, run, points, max_points, passed, marks, by_topic, inputs,"
            " marked_at, reason) SELECT attempt_id, 2, 1, 2, passed, marks, by_topic, inputs, marked_at, 'x'"
            " FROM exams_score WHERE attempt_id = %s",
            [missed.pk],
        )
    assert actions.apply_slice(regrade_id=regrade.pk) is True
    assert Score.objects.filter(attempt=missed).order_by("-run")[0].points == 2


def test_two_corrections_of_one_wording_the_newest_counts(paper):
    attempt = sit(paper, "other", "right")
    version = first_version(attempt)
    original = ItemKey.objects.get(version=version).answer
    carry_out(plan(version))
    carry = plan(version, answer=original, keep_passes=False)
    actions.commit_regrade(by=UserFactory(), regrade=carry)
    run_pending()
    attempt.refresh_from_db()
    assert attempt.passed is False
    assert [s.points for s in Score.objects.filter(attempt=attempt).order_by("run")] == [1, 2, 1]


def test_a_decision_is_taken_once_and_only_on_what_is_worked_out(paper):
    attempt = sit(paper, "other", "right")
    by = UserFactory()
    made = actions.plan_regrade(by=None, version=first_version(attempt), effect="full", reason="答案有误", at=None)
    with pytest.raises(actions.RegradeRefused):
        actions.commit_regrade(by=by, regrade=made)
    run_pending()
    actions.commit_regrade(by=by, regrade=made)
    for call in (actions.commit_regrade, actions.drop_regrade):
        with pytest.raises(actions.RegradeRefused):
            call(by=by, regrade=made)


def test_a_dropped_plan_changes_nothing_ever(paper):
    attempt = sit(paper, "other", "right")
    regrade = plan(first_version(attempt))
    actions.drop_regrade(by=UserFactory(), regrade=regrade)
    with pytest.raises(actions.RegradeRefused):
        actions.commit_regrade(by=UserFactory(), regrade=regrade)
    assert Score.objects.count() == 1


@pytest.mark.parametrize("fields", [{"reason": " "}, {"effect": "none"}, {"answer": None}])
def test_a_plan_without_reason_effect_or_answer_is_refused(paper, fields):
    attempt = sit(paper, "other", "right")
    good = {"version": first_version(attempt), "effect": "key", "reason": "x", "answer": {"right": ["a"]}}
    with pytest.raises(ValidationError):
        actions.plan_regrade(by=None, **{**good, **fields})


def test_attempts_that_wait_for_markers_or_are_void_are_left_alone(paper):
    void = sit(paper, "other", "right")
    actions.void_attempt(by=UserFactory(), attempt=void, reason="代考")
    regrade = plan(first_version(void))
    assert queries.regrade_summary(regrade).asked == 0


def test_marks_by_hand_stay_when_another_question_is_corrected():
    paper = make.paper(fixed=[make.item("single").item, make.hand_item().item])
    attempt = sit_hand(paper)
    carry_out(plan(ItemVersion.objects.get(pk=attempt.drawn[0][0])))
    assert [s.points for s in Score.objects.order_by("run")] == [Decimal("0.5"), Decimal("1.5")]


def sit_hand(paper):
    seat = make.seat(the_paper=paper)
    attempt = actions.start_attempt(entry=seat)
    version = ItemVersion.objects.get(pk=attempt.drawn[0][0])
    batch = [actions.Answer(1, 1, other_option(version)), actions.Answer(2, 2, "文字")]
    actions.save_responses(by=seat.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=batch)
    actions.submit_attempt(by=seat.enrolment.user, attempt_id=attempt.public_id)
    for _ in range(2):
        task = attempt.tasks.get().public_id
        actions.give_mark(by=UserFactory(), task_id=task, points="0.5")
    return Attempt.objects.get(pk=attempt.pk)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_keycorrection SET effect = 'full'",
        "DELETE FROM exams_keycorrection",
        "UPDATE exams_regradeline SET points_after = 0",
        "DELETE FROM exams_regradeline",
        "UPDATE exams_score SET points = 0",
        "DELETE FROM exams_score WHERE run = 1",
    ],
)
def test_what_was_corrected_stays_whatever_sql_one_uses(paper, sql):
    attempt = sit(paper, "other", "right")
    carry_out(plan(first_version(attempt)))
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_regrade SET state = 'planned'",
        "UPDATE exams_regrade SET finished_at = NULL",
        "UPDATE exams_regrade SET reason = ''",
        "UPDATE exams_regrade SET state = 'lost'",
    ],
)
def test_a_re_marking_tells_the_truth(paper, sql):
    attempt = sit(paper, "other", "right")
    carry_out(plan(first_version(attempt)))
    with pytest.raises(DatabaseError, match=r"(?i)check"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_working_out_costs_the_same_for_one_and_for_three_attempts(paper):
    counts = []
    for times in (1, 2):
        for _ in range(times):
            attempt = sit(paper, "other", "right")
        regrade = Regrade(version=first_version(attempt), effect="full")
        with CaptureQueriesContext(connection) as captured:
            assert len(queries.remarks(regrade, after=0, limit=50)) in (1, 3)
        counts.append(len(captured))
    assert counts == [5, 5]


def test_the_result_page_shows_both_results_and_the_reason(client, paper):
    wins = sit(paper, "other", "right")
    carry_out(plan(first_version(wins)))
    client.force_login(wins.enrolment.user)
    response = client.get(reverse("exams:result", args=[wins.public_id]))
    result = response.context["result"]
    assert ([s.points for s in result.earlier], result.score.points, result.right) == ([1], 2, 2)
    assert "答案有误" in response.content.decode()
