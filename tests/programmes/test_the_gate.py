"""The order of the five steps cannot be walked around."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from programmes import actions, queries
from programmes.contracts import Evidence
from programmes.models import EnrolmentState, ProgrammeState, Stage, StepCompletion, StepKind
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    programme = ProgrammeFactory()
    StepFactory(programme=programme, stage=Stage.LEARN, position=1)
    StepFactory(programme=programme, stage=Stage.LEARN, position=2)
    StepFactory(programme=programme, stage=Stage.TEST, position=1, kind=StepKind.EXAM)
    StepFactory(programme=programme, stage=Stage.PLEDGE, position=1, kind=StepKind.PLEDGE)
    return EnrolmentFactory(programme=programme)


def steps_of(enrolment):
    return list(enrolment.programme.steps.order_by("stage", "position"))


def finish(enrolment, step):
    now = timezone.now()
    actions.complete_steps(evidence=[Evidence(enrolment.pk, step.pk, now, "tests.Fact:1")])


def enter(enrolment, step, **kwargs):
    return queries.require_open(user=enrolment.user, step_public_id=step.public_id, kind=step.kind, **kwargs)


def test_all_steps_of_the_first_stage_are_open_and_no_other(enrolment):
    assert [p.state for p in queries.progress_of(enrolment)] == ["now", "now", "todo", "todo"]


def test_a_stage_opens_only_when_every_step_before_it_is_complete(enrolment):
    first, second, exam, _pledge = steps_of(enrolment)
    finish(enrolment, first)
    with pytest.raises(queries.StepLocked) as locked:
        enter(enrolment, exam)
    assert locked.value.missing == [second]
    finish(enrolment, second)
    assert enter(enrolment, exam).step == exam


def test_a_later_step_stays_shut_although_it_is_complete_itself(enrolment):
    _first, _second, exam, pledge = steps_of(enrolment)
    finish(enrolment, exam)
    with pytest.raises(queries.StepLocked):
        enter(enrolment, pledge)


def test_somebody_else_cannot_tell_a_foreign_step_from_one_that_does_not_exist(enrolment):
    step = steps_of(enrolment)[0]
    for user in (UserFactory(), AnonymousUser()):
        with pytest.raises(queries.StepUnknown):
            queries.require_open(user=user, step_public_id=step.public_id, kind=step.kind)
    with pytest.raises(queries.StepUnknown):
        queries.require_open(user=enrolment.user, step_public_id="AAAAAAAAAAAA", kind=step.kind)


def test_a_step_cannot_be_entered_through_the_door_of_another_kind(enrolment):
    step = steps_of(enrolment)[0]
    with pytest.raises(queries.StepUnknown):
        queries.require_open(user=enrolment.user, step_public_id=step.public_id, kind=StepKind.PLEDGE)


def test_a_closed_programme_lets_a_learner_read_what_is_complete_and_nothing_else(enrolment):
    first, second, *_rest = steps_of(enrolment)
    finish(enrolment, first)
    actions.close_programme(by=None, programme=enrolment.programme)
    assert enter(enrolment, first, reading=True).completed_at is not None
    for step, reading in ((first, False), (second, True)):
        with pytest.raises(queries.ProgrammeClosed):
            enter(enrolment, step, reading=reading)


def test_a_programme_is_shut_on_the_day_after_it_closes_in_china(enrolment):
    step = steps_of(enrolment)[0]
    closes = enrolment.programme.closes_on
    china = dt.timezone(dt.timedelta(hours=8))
    last_moment = dt.datetime.combine(closes, dt.time(23, 59), china)
    assert enter(enrolment, step, now=last_moment).step == step
    with pytest.raises(queries.ProgrammeClosed):
        enter(enrolment, step, now=last_moment + dt.timedelta(minutes=2))


def test_a_withdrawn_enrolment_opens_nothing(enrolment):
    actions.withdraw_enrolment(by=None, enrolment=enrolment, reason="调离")
    with pytest.raises(queries.StepUnknown):
        enter(enrolment, steps_of(enrolment)[0])
    with pytest.raises(actions.NotEnrolled):
        actions.withdraw_enrolment(by=None, enrolment=enrolment, reason="again")


def test_completing_twice_keeps_the_first_moment(enrolment):
    step = steps_of(enrolment)[0]
    early, late = timezone.now() - dt.timedelta(hours=1), timezone.now()
    for moment in (early, late):
        actions.complete_steps(evidence=[Evidence(enrolment.pk, step.pk, moment, "tests.Fact:1")])
    assert StepCompletion.objects.get().completed_at == early


def test_enrolling_twice_gives_one_active_enrolment(enrolment):
    again = actions.enrol(
        by=None, programme=enrolment.programme, user=enrolment.user, organisation=enrolment.organisation
    )
    assert again == enrolment
    assert again.state == EnrolmentState.ACTIVE


def test_steps_are_fixed_once_a_programme_is_open(enrolment):
    assert enrolment.programme.state == ProgrammeState.OPEN
    with pytest.raises(actions.ProgrammeNotDraft):
        actions.add_step(by=None, programme=enrolment.programme, stage=Stage.LEARN, kind=StepKind.COURSE, title="late")


def test_progress_takes_one_statement_whatever_the_number_of_steps(enrolment, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.progress_of(enrolment)
    StepFactory(programme=enrolment.programme, stage=Stage.PRACTISE, position=9, kind=StepKind.PRACTISE)
    with django_assert_num_queries(1):
        queries.progress_of(enrolment)
