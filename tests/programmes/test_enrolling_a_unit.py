"""Everybody of a unit is enrolled in the background, in slices, and again is harmless."""

import pytest

from foundation.jobs import worker
from organisations.models import Kind
from programmes import actions
from programmes.actions import passing
from programmes.models import Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    return OrganisationFactory()


def member(unit, **kwargs):
    user = UserFactory(**kwargs)
    MembershipFactory(user=user, organisation=unit, is_home=True)
    return user


def enrol_all(programme, unit):
    actions.enrol_unit(by=None, programme=programme, organisation=unit)
    while worker.run_pending(limit=50):
        pass


def test_home_members_of_the_subtree_are_enrolled_once_with_their_own_unit(department, monkeypatch):
    monkeypatch.setattr(passing, "SLICE", 2)
    section = OrganisationFactory(kind=Kind.SECTION, parent=department)
    people = {member(unit): unit for unit in (department, section, section, department, section)}
    guest, closed, stranger = UserFactory(), member(section, is_active=False), member(OrganisationFactory())
    MembershipFactory(user=guest, organisation=section)
    programme = ProgrammeFactory()
    for _ in range(2):
        enrol_all(programme, department)
    rows = Enrolment.objects.filter(programme=programme)
    assert {row.user: row.organisation for row in rows} == people
    assert not rows.filter(user__in=[guest, closed, stranger]).exists()
    late = member(section)
    enrol_all(programme, department)
    assert Enrolment.objects.filter(programme=programme, user=late).count() == 1
