"""Which attempt completes a step, and what the index of completed steps makes of it."""

import datetime as dt

import pytest

from exams import actions
from exams.models import Attempt, Score
from programmes.actions import complete_steps, rebuild_completions
from programmes.contracts import Evidence
from programmes.models import Stage, StepCompletion, StepKind
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.programmes import StepFactory

pytestmark = pytest.mark.django_db


def seat(counting):
    sections = [{"bank": make.filled_bank(), "type": "single", "count": 2}]
    return make.seat(the_paper=make.paper(sections=sections, counting=counting, attempts_allowed=9, pass_mark=60))


def sit(entry, right):
    """One attempt with `right` of 2 questions answered right."""
    attempt = actions.start_attempt(entry=entry)
    user = entry.enrolment.user
    if right:
        batch = right_answers(attempt)[:right]
        actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=batch)
    return actions.submit_attempt(by=user, attempt_id=attempt.public_id)


def completed(entry):
    """The number of the attempt that completes the step; the index is what a rebuild would make of the facts."""
    found = rebuild_completions(check=True)
    assert (found.missing, found.stale) == (0, 0)
    row = StepCompletion.objects.filter(enrolment=entry.enrolment, step=entry.step).first()
    return row and Attempt.objects.get(pk=int(row.source.rsplit(":")[-1])).number


def signed_something(entry, at=None):
    step = StepFactory(programme=entry.enrolment.programme, stage=Stage.PLEDGE, kind=StepKind("pledge"))
    moment = at or Attempt.objects.latest("pk").submitted_at
    complete_steps(evidence=[Evidence(entry.enrolment.pk, step.pk, moment, "pledges.Pledge:1")])
    return step


@pytest.mark.parametrize(
    ("counting", "steps"),
    [
        ("best", [(1, None), (2, 2), (0, 2)]),
        ("last", [(1, None), (2, 2), (0, None), (2, 4)]),
        ("average", [(1, None), (2, 2), (0, None), (2, 4), (2, 4)]),
    ],
)
def test_after_each_attempt_the_step_stands_as_the_rule_says(counting, steps):
    entry = seat(counting)
    for right, stands in steps:
        sit(entry, right)
        assert completed(entry) == stands


@pytest.mark.parametrize("counting", ["last", "average"])
def test_a_pledge_signed_meanwhile_keeps_the_step_through_a_failed_retry(counting):
    entry = seat(counting)
    sit(entry, 2)
    step = signed_something(entry)
    sit(entry, 0)
    StepCompletion.objects.filter(step=step).delete()  # the rebuild knows no fact for the stand-in of a pledge
    row = StepCompletion.objects.get(enrolment=entry.enrolment, step=entry.step)
    assert row.source == f"exams.Attempt:{Attempt.objects.get(number=1).pk}"


def test_voiding_the_attempt_that_counts_takes_the_step_back_whatever_was_signed():
    entry = seat("last")
    attempt = sit(entry, 2)
    signed_something(entry)
    actions.void_attempt(by=UserFactory(), attempt=attempt, reason="代考")
    assert not StepCompletion.objects.filter(step=entry.step).exists()


def test_voiding_a_failed_retry_brings_the_step_back():
    entry = seat("last")
    sit(entry, 2)
    failed = sit(entry, 0)
    assert completed(entry) is None
    actions.void_attempt(by=UserFactory(), attempt=failed, reason="系统故障")
    assert completed(entry) == 1


def test_the_first_result_is_kept_whatever_follows():
    entry = seat("best")
    sit(entry, 0)
    sit(entry, 2)
    assert [(s.attempt.number, s.run, s.passed) for s in Score.objects.order_by("pk")] == [
        (1, 1, False),
        (2, 1, True),
    ]


def test_part_marks_follow_the_rule_of_the_paper():
    for rule, earned in (("half", 1), ("share", 1)):
        sections = [{"bank": _bank_of_multiple(), "type": "multiple", "count": 1, "points": 2}]
        entry = make.seat(the_paper=make.paper(sections=sections, partial_credit=True, part_rule=rule))
        attempt = actions.start_attempt(entry=entry)
        answer = right_answers(attempt)[0]
        half = actions.Answer(1, 1, answer.value[:1])
        actions.save_responses(by=entry.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=[half])
        actions.submit_attempt(by=entry.enrolment.user, attempt_id=attempt.public_id)
        assert Score.objects.get(attempt=attempt).points == earned


def _bank_of_multiple():
    version = make.item("multiple")
    return version.item.bank


def test_an_attempt_that_was_never_handed_in_does_not_count(settings):
    entry = seat("last")
    sit(entry, 2)
    attempt = actions.start_attempt(entry=entry)
    assert completed(entry) == 1
    late = attempt.deadline + dt.timedelta(seconds=settings.EXAM_GRACE_SECONDS + 1)
    actions.sweep_overdue(at=late)
    assert completed(entry) is None
