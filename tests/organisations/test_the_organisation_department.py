"""The organisation department confirms who is who in every unit, and does nothing else."""

import pytest

from accounts.models import User
from cms.registry import GROUPS, ORGANISATION_DEPARTMENT, group_permissions
from organisations.models import IdentityConfirmation
from tests.factories.accounts import UserFactory
from tests.factories.groups import member
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/identities/"


def person(unit, **fields):
    user = UserFactory(**fields)
    MembershipFactory(user=user, organisation=unit, is_home=True)
    return user


@pytest.fixture
def officer(client):
    user = member(ORGANISATION_DEPARTMENT)
    client.force_login(user)
    return user


def found(client, query=""):
    return [row.user for row, _confirmation in client.get(PAGE + query).context["rows"]]


def test_the_group_has_one_right_and_who_else_confirms_is_the_credit_office():
    right = "organisations.confirm_identity"
    assert group_permissions[ORGANISATION_DEPARTMENT] == {right}
    assert [name for name in GROUPS if right in group_permissions[name]] == ["credit office", ORGANISATION_DEPARTMENT]


def test_people_of_units_that_have_nothing_to_do_with_each_other_are_found_and_confirmed(client, officer):
    here, there = OrganisationFactory(name="住建局"), OrganisationFactory(name="教育局")
    one = person(OrganisationFactory(kind="section", parent=here), name="甲")
    two = person(there, name="乙", employee_number="R-2")
    assert (set(found(client)), found(client, "?unit=住建局"), found(client, "?q=R-2")) == ({one, two}, [one], [two])
    assert (found(client, f"?unit={there.code}"), found(client, "?unit=没有的局")) == ([two], [])
    client.post(PAGE, {"person": [one.pk, two.pk]})
    confirmed = IdentityConfirmation.objects.values_list("user", "confirmed_by")
    assert set(confirmed) == {(one.pk, officer.pk), (two.pk, officer.pk)}
    assert (found(client), set(found(client, "?state=done"))) == ([], {one, two})


def test_nobody_is_confirmed_who_is_not_on_the_list(client, officer):
    child = person(OrganisationFactory(), age_class=User.AgeClass.CHILD, is_active=False)
    homeless, listed = UserFactory(), person(OrganisationFactory())
    client.post(PAGE, {"person": [child.pk, homeless.pk, "x", "²", listed.pk]})
    assert list(IdentityConfirmation.objects.values_list("user", flat=True)) == [listed.pk]


def test_a_reader_without_the_right_confirms_nobody(client):
    client.force_login(member("editor"))
    somebody = person(OrganisationFactory())
    assert client.post(PAGE, {"person": [somebody.pk]}).status_code == 302  # to the start of the admin
    assert IdentityConfirmation.objects.count() == 0
