"""The demo's banks load, twice, and a learner can sit what they fill."""

import pytest

from elearning.demo.exams import load
from exams import actions, queries
from exams.models import Attempt, ItemVersion, Paper
from tests.exams.conftest import right_answers
from tests.factories import exams as make

pytestmark = pytest.mark.django_db


def test_loading_twice_gives_the_same_bank_and_every_paper_can_be_drawn():
    papers = load()
    counts = (ItemVersion.objects.count(), Paper.objects.count())
    assert load() == papers
    assert (ItemVersion.objects.count(), Paper.objects.count()) == counts
    assert [queries.feasibility(p.blueprint) for p in papers.values() if p.blueprint_id] == [[]] * 5


def test_the_demo_exam_can_be_passed_through_the_actions():
    papers = load()
    entry = make.seat("exam", the_paper=papers["civil-servants-exam"])
    attempt = actions.start_attempt(entry=entry)
    actions.save_responses(
        by=entry.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt)
    )
    closed = actions.submit_attempt(by=entry.enrolment.user, attempt_id=attempt.public_id)
    score = closed.scores.get()
    assert (closed.passed, score.points, score.max_points) == (True, 100, 100)
    assert Attempt.objects.count() == 1
