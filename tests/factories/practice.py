"""A programme whose only step is to practise, people in it, and deeds recorded through the action."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from organisations.models import Role
from practice import actions, steps
from practice.models import Deed, PractiseStep
from programmes.contracts import PROMISES, Promise
from programmes.models import Enrolment, Stage, StepKind
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory


class SignedLetter:
    """Two promises, signed ten days ago, whoever asks: what the pledges app answers after a signature."""

    def promises_of(self, enrolment_id: int) -> Sequence[Promise]:
        """The promises of the letter."""
        day = timezone.localdate() - dt.timedelta(days=10)
        return [Promise("letter#1", "说过的时限按时办结", day), Promise("letter#2", "有一说一，不编造", day)]


class Workplace:
    """A department with a section, a coordinator of the department, and an open programme with a practise step."""

    def __init__(self, required_deeds: int = 2) -> None:
        self.department = OrganisationFactory()
        self.section = OrganisationFactory(kind="section", parent=self.department)
        self.coordinator = self.person(self.department, Role.COORDINATOR)
        self.programme = ProgrammeFactory()
        self.step = StepFactory(programme=self.programme, stage=Stage.PRACTISE, kind=StepKind.PRACTISE)
        PractiseStep.objects.create(step=self.step, required_deeds=required_deeds)

    def person(self, organisation, role: str = Role.MEMBER) -> User:
        """Somebody of `organisation`."""
        user = UserFactory()
        MembershipFactory(user=user, organisation=organisation, role=role, is_home=True)
        return user

    def learner(self, organisation=None) -> Enrolment:
        """An enrolled member of the section, or of `organisation`."""
        organisation = organisation or self.section
        return EnrolmentFactory(programme=self.programme, user=self.person(organisation), organisation=organisation)

    def gate(self, enrolment: Enrolment) -> steps.OpenStep:
        """The passed gate of the practise step."""
        return steps.enter(user=enrolment.user, step_public_id=self.step.public_id)

    def deed(self, enrolment: Enrolment, sentence: str = "答应三天回复，第二天就回了", **kwargs) -> Deed:
        """A recorded deed."""
        return actions.record_deed(
            gate=self.gate(enrolment),
            sentence=sentence,
            happened_on=kwargs.pop("happened_on", timezone.localdate()),
            promise_key=kwargs.pop("promise_key", "letter#1" if PROMISES else ""),
            **kwargs,
        )
