"""Units are moved, renamed and closed; a coordinator's reach follows the tree."""

import random

import pytest
from django.core.exceptions import ValidationError

from foundation.audit.models import Entry
from organisations import actions, queries
from organisations.models import Kind, Organisation, Role
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def test_units_stand_by_their_order_then_by_name_each_before_what_is_below_it(client):
    school = OrganisationFactory(kind=Kind.SCHOOL, name="青山小学", code="qs")
    grades = [OrganisationFactory(kind=Kind.GRADE, name=name, parent=school, order=order) for name, order in
              (("五年级", 5), ("三年级", 3))]  # fmt: skip
    for name, grade in (("10班", grades[1]), ("2班", grades[1]), ("1班", grades[0])):
        OrganisationFactory(kind=Kind.CLASS, name=name, parent=grade)
    expected = ["青山小学", "三年级", "2班", "10班", "五年级", "1班"]
    names = Organisation.objects.in_bulk()
    assert [names[pk].name for pk in queries.in_tree_order(Organisation.objects.all())] == expected
    below = Organisation.objects.filter(kind=Kind.CLASS)  # without those above
    assert sorted(queries.in_tree_order(below)) == sorted(below.values_list("pk", flat=True))
    leader = UserFactory()
    MembershipFactory(user=leader, organisation=school, role=Role.COORDINATOR)
    client.force_login(leader)
    assert [unit.name for unit in client.get("/organisations/").context["page"]] == expected
    choices = client.get("/rosters/new/").context["form"].fields["organisation"].choices
    assert [str(label).strip("　") for _value, label in choices] == expected
    units = client.get("/assignments/new/qs/").context["form"].fields["units"].choices
    assert [str(label) for _value, label in units] == ["青山小学", "三年级", "五年级"]


def paths_agree():
    for unit in Organisation.objects.all():
        chain, above = [], unit
        while above:
            chain.append(above.pk)
            above = above.parent
        if unit.path != "".join(f"{pk}/" for pk in reversed(chain)):
            return False
    return True


@pytest.fixture
def tree():
    city = OrganisationFactory(kind=Kind.CITY)
    one, two = OrganisationFactory(parent=city), OrganisationFactory(parent=city)
    section = OrganisationFactory(kind=Kind.SECTION, parent=one)
    return city, one, two, section


def test_a_unit_moves_with_everything_below_it(tree, django_assert_max_num_queries):
    _city, _one, two, section = tree
    desk = OrganisationFactory(kind=Kind.SECTION, parent=section)
    with django_assert_max_num_queries(8):
        actions.move_organisation(by=None, organisation=section, parent=two)
    desk.refresh_from_db()
    two.refresh_from_db()
    assert desk.path == f"{two.path}{section.pk}/{desk.pk}/"
    assert paths_agree()
    actions.move_organisation(by=None, organisation=section, parent=None)
    assert paths_agree()


def test_a_unit_does_not_move_below_itself(tree):
    city, one, _two, section = tree
    for unit, parent in ((one, one), (one, section), (city, section)):
        with pytest.raises(actions.TreeLoop):
            actions.move_organisation(by=None, organisation=unit, parent=parent)
    assert paths_agree()


def test_paths_agree_after_any_sequence_of_moves():
    dice = random.Random(3)
    units = [OrganisationFactory() for _ in range(12)]
    for _ in range(60):
        unit, parent = dice.choice(units), dice.choice([*units, None])
        try:
            actions.move_organisation(by=None, organisation=unit, parent=parent)
        except actions.TreeLoop:
            fresh = Organisation.objects.get(pk=parent.pk)
            assert str(unit.pk) in fresh.path.split("/")
    assert paths_agree()


def test_ids_that_begin_alike_are_not_taken_for_a_subtree():
    units = [OrganisationFactory() for _ in range(12)]
    first = min(units, key=lambda unit: unit.pk)
    assert list(Organisation.objects.within(first)) == [first]


def test_a_unit_is_renamed_and_the_old_name_is_in_the_log(tree):
    _city, one, *_rest = tree
    old = one.name
    actions.change_organisation(by=None, organisation=one, name="新局", uscc="11320583226885833R")
    assert Organisation.objects.get(pk=one.pk).name == "新局"
    entry = Entry.objects.get(action="organisations.change_organisation")
    assert entry.details["before"]["name"] == old
    with pytest.raises(ValidationError):
        actions.change_organisation(by=None, organisation=one, uscc="11320583226885833X")


def test_closing_closes_what_is_below_once(tree):
    _city, one, _two, section = tree
    actions.close_organisation(by=None, organisation=one)
    closed = set(Organisation.objects.exclude(closed_on=None))
    assert closed == {one, section}
    with pytest.raises(actions.OrganisationClosed):
        actions.close_organisation(by=None, organisation=one)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.TEACHER, Role.MANAGER])
def test_a_leader_reaches_the_subtree_and_nothing_beside_or_above_it(tree, role):
    city, one, two, section = tree
    user = UserFactory()
    MembershipFactory(user=user, organisation=one, role=role)
    assert set(queries.led_by(user)) == {one, section}
    assert [queries.leads(user, unit) for unit in (city, one, two, section)] == [False, True, False, True]
    actions.move_organisation(by=None, organisation=section, parent=two)
    assert set(queries.led_by(user)) == {one}


def test_members_reporters_and_former_coordinators_lead_nobody(tree):
    _city, one, *_rest = tree
    for role in (Role.MEMBER, Role.REPORTER):
        user = UserFactory()
        MembershipFactory(user=user, organisation=one, role=role)
        assert list(queries.led_by(user)) == []
    former = UserFactory()
    membership = MembershipFactory(user=former, organisation=one, role=Role.COORDINATOR)
    actions.end_membership(by=None, membership=membership)
    assert list(queries.led_by(former)) == []
    with pytest.raises(actions.MembershipEnded):
        actions.end_membership(by=None, membership=membership)
