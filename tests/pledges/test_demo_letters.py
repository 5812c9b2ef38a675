"""The demo's letters come from the content files through the actions."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from elearning.demo import pledges as demo
from organisations.models import Kind
from pledges.models import Audience, LetterTemplate, LetterVersion, PledgeType
from programmes import models as programmes
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
CONTENT = Path(settings.BASE_DIR) / "elearning" / "demo" / "content"


@pytest.fixture
def city():
    return OrganisationFactory(kind=Kind.CITY, district_code=make.DISTRICT)


@pytest.fixture
def templates(city):
    for code in ("credit-office", "finance", "housing-construction", "education"):
        OrganisationFactory(parent=city, code=code)
    return demo.load_templates(CONTENT, author=UserFactory(), reviewer=UserFactory())


def test_every_template_is_ready_and_loading_again_adds_nothing(templates):
    again = demo.load_templates(CONTENT, author=UserFactory(), reviewer=UserFactory())
    assert again == templates
    assert {version.state for version in LetterVersion.objects.all()} == {"ready"}
    assert LetterVersion.objects.count() == LetterTemplate.objects.count() == len(templates)


def test_all_seven_types_of_the_national_layout_have_a_letter(templates):
    assert {template.pledge_type for template in templates} == set(PledgeType.values)


def test_a_civil_servant_and_a_pupil_sign_in_the_past(templates):
    slugs = {template.slug: template for template in templates}
    at = timezone.now() - dt.timedelta(days=3)
    adult = make.enrolment(slugs["civil-servant-2026"])
    child = make.enrolment(slugs["class-promise-grade-5"], user=UserFactory(child=True))
    letters = [
        demo.sign_step(user=e.user, step_public_id=make.step_of(e).public_id, visibility="named", at=at)
        for e in (adult, child)
    ]
    assert [letter.visibility for letter in letters] == ["named", "none"]
    assert [hasattr(letter, "publication") for letter in letters] == [True, False]
    assert {letter.signed_at for letter in letters} == {at}


def test_an_enterprise_signs_once(templates, city):
    template = next(t for t in templates if t.slug == "bidder-2026")
    enterprise = OrganisationFactory(parent=city, kind=Kind.ENTERPRISE, name="例一有限公司", uscc=make.USCC)
    handler = UserFactory()
    MembershipFactory(user=handler, organisation=enterprise)
    facts = {
        "requester": make.coordinator_of(template.accepting_unit), "template": template, "enterprise": enterprise,
        "handler": handler, "at": timezone.now() - dt.timedelta(days=5),
    }  # fmt: skip
    letter = demo.sign_for_enterprise(**facts)
    assert demo.sign_for_enterprise(**facts) == letter
    assert (letter.record.public_name, letter.record.subject_id_code) == ("例一有限公司", make.USCC)


def test_a_letter_knows_the_audiences_of_programmes():
    known = set(Audience.values)
    assert set(programmes.Audience.values) - known == {"enterprise"}
    assert known - set(programmes.Audience.values) == {"reviewer", "organisation"}
