"""A coordinator confirms many deeds at once or returns one; enough of them complete the step."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.audit.models import Entry
from notifications.models import Message
from organisations.models import Role
from practice import actions
from practice.models import Deed, DeedState
from practice.steps import PractiseHandler
from programmes.models import StepCompletion
from tests.factories.organisations import OrganisationFactory
from tests.factories.practice import Workplace
from tests.factories.programmes import EnrolmentFactory

pytestmark = pytest.mark.django_db


def confirm(workplace, *deeds, by=None):
    return actions.confirm_deeds(by=by or workplace.coordinator, public_ids=[d.public_id for d in deeds])


def test_the_required_number_completes_the_step_on_the_strength_of_the_last_deed(workplace, enrolment):
    first, second, third = (workplace.deed(enrolment, f"第{n}件事") for n in (1, 2, 3))
    confirm(workplace, first)
    assert StepCompletion.objects.count() == 0
    confirm(workplace, second)
    assert StepCompletion.objects.get().source == f"practice.Deed:{second.pk}"
    confirm(workplace, third)
    assert StepCompletion.objects.get().source == f"practice.Deed:{second.pk}"


def test_one_bulk_confirmation_is_one_audit_entry_and_one_message_to_each_learner(workplace):
    learners = [workplace.learner() for _ in range(3)]
    deeds = [workplace.deed(learner, f"第{n}件事") for learner in learners for n in (1, 2)]
    assert confirm(workplace, *deeds) == actions.Confirmation(confirmed=6, skipped=0)
    assert Entry.objects.filter(action="practice.confirm_deeds").count() == 1
    assert sorted(Message.objects.values_list("user_id", "kind")) == sorted(
        (learner.user_id, "practice.confirmed") for learner in learners
    )
    assert StepCompletion.objects.count() == 3


def test_foreign_and_decided_deeds_are_skipped_and_counted(workplace, enrolment):
    elsewhere = Workplace()
    foreign = elsewhere.deed(elsewhere.learner())
    done = workplace.deed(enrolment, "一件事")
    confirm(workplace, done)
    good = workplace.deed(enrolment, "另一件事")
    outcome = actions.confirm_deeds(
        by=workplace.coordinator, public_ids=[d.public_id for d in (foreign, done, good)] + ["NOSUCHDEED22"]
    )
    assert outcome == actions.Confirmation(confirmed=1, skipped=3)
    foreign.refresh_from_db()
    assert foreign.state == DeedState.SUBMITTED


def test_a_coordinator_never_confirms_a_deed_of_their_own(workplace):
    boss = EnrolmentFactory(
        programme=workplace.programme, user=workplace.coordinator, organisation=workplace.department
    )
    assert confirm(workplace, workplace.deed(boss)) == actions.Confirmation(confirmed=0, skipped=1)


def test_a_returned_deed_carries_the_reason_to_the_learner(workplace, enrolment):
    deed = workplace.deed(enrolment)
    actions.return_deed(by=workplace.coordinator, public_id=deed.public_id, reason=" 写清  是哪一天 ")
    deed.refresh_from_db()
    assert (deed.state, deed.reason, deed.decided_by) == (DeedState.RETURNED, "写清 是哪一天", workplace.coordinator)
    message = Message.objects.get()
    assert (message.user_id, message.kind, message.body) == (enrolment.user_id, "practice.returned", "写清 是哪一天")
    assert message.url == f"/practice/steps/{workplace.step.public_id}/"
    with pytest.raises(actions.WrongState):
        actions.return_deed(by=workplace.coordinator, public_id=deed.public_id, reason="再来一次")


def test_returning_needs_a_reason_and_a_deed_of_ones_own_people(workplace, enrolment):
    deed = workplace.deed(enrolment)
    with pytest.raises(ValidationError):
        actions.return_deed(by=workplace.coordinator, public_id=deed.public_id, reason=" ")
    with pytest.raises(actions.NotYours):
        actions.return_deed(by=Workplace().coordinator, public_id=deed.public_id, reason="不清楚")


def test_what_is_stored_is_what_the_facts_prove_after_any_sequence_of_actions():
    for seed in range(12):
        dice = random.Random(seed)
        place = Workplace(required_deeds=dice.choice([1, 2, 3]))
        learners = [place.learner() for _ in range(3)]
        for turn in range(25):
            learner = dice.choice(learners)
            deeds = list(Deed.objects.filter(enrolment__programme=place.programme).exclude(state="withdrawn"))
            move = dice.choice(["record", "record", "confirm", "confirm", "return", "withdraw"])
            if move == "record" or not deeds:
                place.deed(learner, f"第{turn}件事")
            elif move == "confirm":
                confirm(place, *dice.sample(deeds, min(len(deeds), dice.randint(1, 3))))
            else:
                deed = dice.choice(deeds)
                gate = place.gate(next(e for e in learners if e.pk == deed.enrolment_id))
                try:
                    if move == "return":
                        actions.return_deed(by=place.coordinator, public_id=deed.public_id, reason="不清楚")
                    else:
                        actions.withdraw_deed(gate=gate, deed=deed)
                except actions.WrongState:
                    assert deed.state in (DeedState.CONFIRMED, DeedState.RETURNED)
        rows = StepCompletion.objects.filter(enrolment__in=learners)
        stored = set(rows.values_list("enrolment_id", "step_id", "completed_at", "source"))
        derived = {
            (e.enrolment_id, e.step_id, e.completed_at, e.source)
            for e in PractiseHandler().evidence([e.pk for e in learners])
        }
        assert stored == derived


def test_progress_counts_confirmed_deeds_in_two_statements(workplace, enrolment, django_assert_num_queries):
    for n in range(3):
        workplace.deed(enrolment, f"第{n}件事")
    confirm(workplace, Deed.objects.first())
    with django_assert_num_queries(2):
        progress = PractiseHandler().progress(enrolment.pk, [workplace.step.pk])[workplace.step.pk]
    assert (progress.done, progress.total) == (1, 2)


def test_the_list_takes_the_same_number_of_statements_for_one_row_and_for_three(workplace, client):
    client.force_login(workplace.coordinator)
    client.get("/practice/confirm/")  # site settings are read once
    counts = []
    for n in range(3):
        workplace.deed(workplace.learner(), f"第{n}件事")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/practice/confirm/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]
    assert counts[0] <= 15  # three of them write the entry in the audit log


def test_strangers_and_plain_learners_find_no_page_of_confirmation(workplace, enrolment, client):
    for user in (enrolment.user, workplace.person(OrganisationFactory(), Role.REPORTER)):
        client.force_login(user)
        assert client.get("/practice/confirm/").status_code == 404
        assert client.post("/practice/confirm/").status_code == 404
