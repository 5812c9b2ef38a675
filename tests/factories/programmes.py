"""Programmes with steps, and enrolments."""

import datetime as dt

import factory
from django.utils import timezone

from programmes.models import Audience, Enrolment, Programme, ProgrammeState, Stage, Step, StepKind
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory


class ProgrammeFactory(factory.django.DjangoModelFactory):
    """Open today."""

    class Meta:
        model = Programme

    slug = factory.Sequence(lambda n: f"programme-{n}")
    title = factory.Sequence(lambda n: f"项目{n}")
    audience = Audience.CIVIL_SERVANT
    opens_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=30))
    closes_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))
    state = ProgrammeState.OPEN


class StepFactory(factory.django.DjangoModelFactory):
    """A course step; the test says otherwise."""

    class Meta:
        model = Step

    programme = factory.SubFactory(ProgrammeFactory)
    stage = Stage.LEARN
    kind = StepKind.COURSE
    position = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"步骤{n}")


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """Active since a week."""

    class Meta:
        model = Enrolment

    programme = factory.SubFactory(ProgrammeFactory)
    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    enrolled_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=7))
