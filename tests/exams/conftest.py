"""What the tests of exams share."""

import datetime as dt

import pytest
from django.utils import timezone

from cms import registry
from exams import actions
from exams.grading import model_answer
from exams.models import ItemVersion, PaperStep, Session, SittingRules, triggers
from tests.factories import exams as make
from tests.factories.groups import member


@pytest.fixture
def author(client):
    """A bank author, signed in."""
    user = member(registry.BANK_AUTHOR)
    client.force_login(user)
    return user


@pytest.fixture
def entry(db):
    return make.seat("exam")


@pytest.fixture
def attempt(entry):
    return actions.start_attempt(entry=entry)


def session_held(entry):
    """A session of the exam behind `entry`, for the unit of its learner: somebody supervises who begins now."""
    hours, now = dt.timedelta(hours=3), timezone.now()
    paper = PaperStep.objects.get(step=entry.step).paper
    made = Session.objects.create(paper=paper, name="第一场", opens_at=now - hours, closes_at=now + hours)
    made.units.add(entry.enrolment.organisation)
    return made


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
