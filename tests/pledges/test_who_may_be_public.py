"""The visibility matrix: the template sets the widest, the signer chooses within, some are never public."""

import pytest

from accounts.models import User
from organisations.models import Kind
from pledges import actions, queries
from pledges.contracts import choices_within
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

ALL, UNIT, ONLY_NAME, NOTHING = ("named", "unit", "none"), ("unit", "none"), ("named", "none"), ("none",)


@pytest.mark.parametrize(
    ("subject", "widest", "minor", "unit_ok", "offered"),
    [
        ("person", "public", False, True, ALL),
        ("person", "limited", False, True, UNIT),
        ("person", "none", False, True, NOTHING),
        ("person", "public", True, True, NOTHING),
        ("person", "public", False, False, NOTHING),
        ("organisation", "public", False, True, ONLY_NAME),
        ("organisation", "limited", False, True, NOTHING),
        ("organisation", "public", False, False, NOTHING),
        ("class", "public", False, True, NOTHING),
        ("class", "none", True, True, NOTHING),
    ],
)
def test_what_is_offered(subject, widest, minor, unit_ok, offered):
    assert choices_within(
        subject=subject, widest=widest, signer_is_minor=minor, unit_may_be_named=unit_ok
    ) == offered  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("traits", [{"age_class": User.AgeClass.MINOR}, {"child": True}])
def test_nobody_under_18_can_be_public_even_with_a_public_template(traits):
    enrolled = make.enrolment(user=UserFactory(**traits))
    for visibility in ("named", "unit"):
        with pytest.raises(actions.VisibilityRefused):
            make.signed(enrolled, visibility=visibility)
    assert make.signed(enrolled, visibility="none").signer_is_minor is True


@pytest.mark.django_db
def test_a_unit_below_a_sensitive_one_cannot_be_public():
    top = OrganisationFactory(is_sensitive=True)
    section = OrganisationFactory(parent=top, kind=Kind.SECTION)
    enrolled = make.enrolment(unit=section)
    version = queries.version_of_step(make.step_of(enrolled).pk)
    assert queries.offered_visibilities(version=version, signer=enrolled.user, unit=section) == NOTHING
    with pytest.raises(actions.VisibilityRefused):
        make.signed(enrolled, visibility="unit")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("visibility", "name", "unit"), [("named", "林某", "市水利局"), ("unit", "", "市水利局"), ("none", "", "")]
)
def test_the_public_columns_hold_what_was_chosen_and_no_more(visibility, name, unit):
    enrolled = make.enrolment(user=UserFactory(name="林某"), unit=OrganisationFactory(name="市水利局"))
    record = make.signed(enrolled, visibility=visibility).record
    assert (record.public_name, record.public_unit) == (name, unit)
