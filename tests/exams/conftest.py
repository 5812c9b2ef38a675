"""What the tests of exams share."""

import pytest

from exams import actions
from exams.grading import model_answer
from exams.models import ItemVersion, SittingRules, triggers
from tests.factories import exams as make


@pytest.fixture
def entry(db):
    return make.seat("exam")


@pytest.fixture
def attempt(entry):
    return actions.start_attempt(entry=entry)


def rules_given(paper, **fields):
    """Rules of sitting for a paper that somebody has begun already, as if they had been set before."""
    triggers.remove()
    SittingRules.objects.update_or_create(paper=paper, defaults=fields)
    triggers.install()


def right_answers(attempt):
    """A batch that answers everything right."""
    versions = ItemVersion.objects.select_related("item", "key").in_bulk([v for v, _p in attempt.drawn])
    return [
        actions.Answer(n, n, model_answer(versions[version_id])) for n, (version_id, _p) in enumerate(attempt.drawn, 1)
    ]
