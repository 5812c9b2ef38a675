"""A programme is made after a model in one step, and says what it still misses."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from foundation.audit.models import Entry
from practice.models import PractiseStep
from programmes.actions import StepsNotSet, open_programme
from programmes.models import Assignment, Audience, Programme, ProgrammeState, Stage
from programmes.presets import PRESETS
from programmes.queries import settings_of
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.programmes import ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def manager(client):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="credit office"))
    client.force_login(user)
    return user


def sent(client, source, **fields):
    days = {"opens_on": TODAY.isoformat(), "closes_on": (TODAY + dt.timedelta(days=60)).isoformat()}
    return client.post(reverse("copy_programme"), {"source": source, "title": "", **days, **fields}, follow=True)


def test_there_is_one_for_every_audience_with_its_rules():
    slugs = [preset.slug for preset in PRESETS]
    assert slugs == [
        *("civil-initial", "civil-promotion", "civil-yearly", "teachers", "primary-lower", "primary-upper"),
        *("junior", "senior", "university", "professions", "handlers"),
    ]
    for preset in PRESETS:
        kinds = [step.kind for step in preset.steps]
        is_for_pupils = preset.audience in (Audience.PRIMARY, Audience.JUNIOR, Audience.SENIOR)
        assert ("exam" in kinds, "survey" in kinds) == (not is_for_pupils, is_for_pupils), preset.slug
        assert ("pledge" in kinds, "practise" in kinds, "course" in kinds) == (True, True, True)
        assert [step.stage for step in preset.steps] == sorted(step.stage for step in preset.steps)


def test_without_content_it_is_a_draft_that_names_what_is_missing(client, manager):
    unit = OrganisationFactory(code="bureau")
    text = sent(client, "preset:civil-yearly", unit="bureau").content.decode()
    made = Programme.objects.get()
    assert (made.state, made.slug, made.certificate_months) == (ProgrammeState.DRAFT, f"civil-yearly-{TODAY.year}", 12)
    missing = [row.step.title for row in settings_of(made) if not row.asks_for]
    assert missing == [row.step.title for row in settings_of(made) if row.step.kind != "practise"]
    assert [title in text for title in missing] == [True] * 7
    assert PractiseStep.objects.get().required_deeds == 2
    assert Assignment.objects.get().organisation == unit
    with pytest.raises(StepsNotSet):
        open_programme(by=manager, programme=made)
    assert Entry.objects.filter(action="programmes.copy_programme", actor_id=manager.pk).count() == 1
    sent(client, "preset:civil-yearly", title="第二个")
    assert Programme.objects.get(title="第二个").slug == f"civil-yearly-{TODAY.year}-2"


def test_a_programme_of_ones_own_is_a_model_too(client, manager):
    own = ProgrammeFactory(title="本市的做法", certificate_after=Stage.PLEDGE, certificate_months=24)
    step = StepFactory(programme=own, stage=Stage.PRACTISE, kind="practise")
    PractiseStep.objects.create(step=step, required_deeds=3)
    sent(client, f"programme:{own.pk}", title="明年的做法")
    made = Programme.objects.get(title="明年的做法")
    assert (made.state, made.audience, made.certificate_after, made.certificate_months) == (
        "draft",
        own.audience,
        4,
        24,
    )
    assert PractiseStep.objects.get(step__programme=made).required_deeds == 3


@pytest.mark.parametrize(
    "wrong", [{"source": "preset:none"}, {"closes_on": "2020-01-01"}, {"unit": "no-such-unit"}, {"opens_on": "x"}]
)
def test_wrong_input_makes_nothing(client, manager, wrong):
    answer = sent(client, wrong.pop("source", "preset:teachers"), **wrong)
    assert (answer.status_code, Programme.objects.count()) == (400, 0)
