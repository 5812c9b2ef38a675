"""Training sessions and steps that count them."""

import datetime as dt

import factory
from django.utils import timezone

from courses import actions
from courses.models import SessionState, TrainingSession
from programmes.models import Stage, StepKind
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.programmes import StepFactory


class TrainingSessionFactory(factory.django.DjangoModelFactory):
    """Open for sign-up, tomorrow, with two places."""

    class Meta:
        model = TrainingSession

    title = factory.Sequence(lambda n: f"培训{n}")
    organiser = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(hours=2))
    place = "三楼会议室"
    capacity = 2
    state = SessionState.OPEN


def session_step(*sessions, **fields):
    """A step of an open programme for which `sessions` count."""
    step = StepFactory(stage=Stage.LEARN, kind=StepKind.SESSION, **fields)
    actions.assign_sessions(by=None, step=step, sessions=sessions)
    return step
