"""The index of finished steps can be remade from the facts, and a command says whether it agrees."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from foundation.audit.models import Entry
from practice.actions import confirm_deeds
from programmes import actions, queries
from programmes.contracts import PROMISES
from programmes.models import StepCompletion
from tests.factories.practice import Workplace
from tests.factories.programmes import EnrolmentFactory, StepFactory

pytestmark = pytest.mark.django_db


def rebuild(*options):
    out, code = StringIO(), 0
    try:
        call_command("rebuild_programmes", *options, stdout=out)
    except SystemExit as stopped:
        code = stopped.code
    return code, out.getvalue()


@pytest.fixture
def facts(courses):
    step = StepFactory()
    people = [EnrolmentFactory(programme=step.programme) for _ in range(3)]
    return [courses.prove(person, step) for person in people], step


def test_what_is_missing_is_added_and_check_changes_nothing(facts):
    evidence, _step = facts
    actions.complete_steps(evidence=evidence[:1])
    assert rebuild("--check")[0] == 1
    assert StepCompletion.objects.count() == 1
    code, text = rebuild()
    assert (code, "2" in text, StepCompletion.objects.count()) == (0, True, 3)
    assert rebuild("--check") == (0, "The index agrees with the facts.\n")
    assert Entry.objects.filter(action="programmes.rebuild_completions").count() == 1


def test_what_no_fact_proves_goes_only_when_asked(facts, courses):
    evidence, _step = facts
    actions.complete_steps(evidence=evidence)
    courses.proven.pop()
    assert rebuild()[0] == 1
    assert StepCompletion.objects.count() == 3
    assert rebuild("--prune")[0] == 0
    assert StepCompletion.objects.count() == 2


def test_another_moment_is_a_difference_and_is_set_right(facts, courses):
    evidence, _step = facts
    actions.complete_steps(evidence=evidence)
    StepCompletion.objects.filter(enrolment_id=evidence[0].enrolment_id).update(
        completed_at=evidence[0].completed_at - dt.timedelta(days=1)
    )
    assert rebuild("--check")[0] == 1
    assert rebuild("--prune")[0] == 0
    row = StepCompletion.objects.get(enrolment_id=evidence[0].enrolment_id)
    assert row.completed_at == evidence[0].completed_at


def test_slices_cover_every_enrolment(facts):
    assert sum(len(drift.missing) for drift in queries.drifts(chunk=2)) == 3


def test_the_practice_app_can_prove_what_it_told():
    before = list(PROMISES)
    PROMISES.clear()
    place = Workplace(required_deeds=1)
    deed = place.deed(place.learner())
    confirm_deeds(by=place.coordinator, public_ids=[deed.public_id])
    PROMISES[:] = before
    stored = list(StepCompletion.objects.values_list("enrolment_id", "step_id", "completed_at", "source"))
    StepCompletion.objects.all().delete()
    assert rebuild()[0] == 0
    assert list(StepCompletion.objects.values_list("enrolment_id", "step_id", "completed_at", "source")) == stored
