"""The demo city fills with people by calling the actions; twice gives the same people."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group

from accounts.models import User
from elearning.demo.organisations import load_organisations
from elearning.demo.people import KNOWN, PASSWORD, make_learners
from foundation.audit.models import Entry
from organisations.models import GuardianConsent, Kind, Membership, Organisation

pytestmark = pytest.mark.django_db
CONTENT = Path(settings.BASE_DIR) / "elearning" / "demo" / "content"


@pytest.fixture
def city():
    for row in KNOWN:
        if row.group:
            Group.objects.get_or_create(name=row.group)
    return load_organisations(CONTENT)


def test_the_tree_is_the_one_of_the_content(city):
    kinds = {kind: Organisation.objects.filter(kind=kind).count() for kind in (Kind.DEPARTMENT, Kind.SCHOOL)}
    assert (kinds[Kind.DEPARTMENT] >= 12, kinds[Kind.SCHOOL]) == (True, 2)
    before = Organisation.objects.count()
    load_organisations(CONTENT)
    assert Organisation.objects.count() == before
    assert Organisation.objects.within(city).count() == before


def test_learners_have_a_home_a_password_and_if_under_14_a_consent(city):
    people = make_learners(60, seed=7)
    assert (len(people.civil_servants), len(people.pupils)) == (45, 15)
    assert all(people.known[name].check_password(PASSWORD) for name in ("lin.zhiyuan", "QP5A#07", "admin"))
    assert people.known["lin.zhiyuan"].employee_number == "32058300001"
    children = User.objects.filter(age_class=User.AgeClass.CHILD)
    assert children.filter(is_active=False).count() == 0
    assert GuardianConsent.objects.filter(withdrawn_at=None).count() == children.count()
    assert Membership.objects.filter(is_home=True).count() == User.objects.count()


def test_again_and_more_adds_to_the_same_people(city):
    make_learners(40, seed=7)
    names = dict(User.objects.values_list("username", "name"))
    entries = Entry.objects.count()
    make_learners(40, seed=7)
    assert Entry.objects.count() == entries
    make_learners(60, seed=7)
    after = dict(User.objects.values_list("username", "name"))
    assert len(after) == len(names) + 20
    assert {username: after[username] for username in names} == names
