"""What waits for a coordinator stands beside the figures, for their own units only."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cms.registry import CREDIT_OFFICE
from dashboards.queries import waiting
from dashboards.views.shown import open_tasks
from organisations.models import Kind, Membership, Role, RosterImport
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.practice import Workplace

pytestmark = pytest.mark.django_db


def page(client, user, unit):
    client.force_login(user)
    return client.get(f"/dashboards/{unit.code}/").content.decode()


@pytest.fixture
def workplace():
    return Workplace()


def test_deeds_with_the_day_of_the_oldest(workplace, client, monkeypatch):
    enrolment = workplace.learner()
    workplace.deed(enrolment)
    workplace.deed(enrolment, "第二件事")
    text = page(client, workplace.coordinator, workplace.department)
    assert ("2条践行记录待确认" in text, "最早的一条从" in text) == (True, True)
    assert f'href="/practice/confirm/?unit={workplace.department.code}"' in text
    monkeypatch.setattr(waiting, "MOST_COUNTED", 1)
    assert "超过1条践行记录待确认" in page(client, workplace.coordinator, workplace.department)
    other = OrganisationFactory(kind="section", parent=workplace.department)
    assert "这个单位没有待您确认的事" in page(client, workplace.coordinator, other)


def test_the_credit_office_sees_figures_and_nothing_that_waits_for_others(workplace, client):
    workplace.deed(workplace.learner())
    office = UserFactory()
    office.user_permissions.add(Permission.objects.get(codename="change_programme"))
    assert "践行记录待确认" not in page(client, office, workplace.department)


def test_children_without_consent_and_rosters(workplace, client):
    child = UserFactory(age_class=User.AgeClass.CHILD, is_active=False)
    MembershipFactory(user=child, organisation=workplace.section, is_home=True)
    fields = {"organisation": workplace.section, "size": 1, "sha256": "x", "created_at": timezone.now()}
    RosterImport.objects.create(filename="新生.xlsx", state="preview", **fields)
    RosterImport.objects.create(filename="教师.xlsx", state="reading", done=3, expected=9, **fields)
    text = page(client, workplace.coordinator, workplace.department)
    words = ("1名学生还没有监护人同意", "1份名册待核对", "教师.xlsx", "3 / 9")
    assert [word in text for word in words] == [True, True, True, True]


def test_identities_only_for_who_may_confirm_them(workplace, client):
    workplace.learner()
    assert "身份待核定" not in page(client, workplace.coordinator, workplace.department)
    workplace.coordinator.user_permissions.add(Permission.objects.get(codename="confirm_identity"))
    assert "2人的身份待核定" in page(client, workplace.coordinator, workplace.department)


def test_every_link_of_what_waits_can_be_opened_by_who_sees_it(workplace, client):
    school_class = OrganisationFactory(kind=Kind.CLASS, parent=workplace.section)
    child = UserFactory(age_class=User.AgeClass.CHILD, is_active=False)
    MembershipFactory(user=child, organisation=school_class, is_home=True)
    workplace.deed(workplace.learner())
    workplace.coordinator.groups.add(Group.objects.get(name=CREDIT_OFFICE))
    found = {}
    for unit in (workplace.department, school_class):
        text = page(client, workplace.coordinator, unit)
        section = text.split('id="wt"')[1].split("</section>")[0]
        found[unit] = re.findall(r'href="([^"]+)"', section)
        assert [client.get(address).status_code for address in found[unit]] == [200] * len(found[unit])
    assert f"/organisations/{school_class.code}/consents/" in found[school_class]
    assert reverse("identities") in found[workplace.department]


def test_a_stranger_s_waiting_things_are_not_counted(workplace, client):
    foreign = Workplace()
    foreign.deed(foreign.learner())
    both = workplace.person(OrganisationFactory(), Role.COORDINATOR)
    assert client.get(f"/dashboards/{foreign.department.code}/").status_code == 302
    client.force_login(both)
    assert client.get(f"/dashboards/{foreign.department.code}/").status_code == 404


# ── What goes with a duty ────────────────────────────────────────────────────────────────────────────
def handed(client, user, unit):
    """What the page of the hand-over says that the successor will find."""
    duty = Membership.objects.get(user=user, organisation=unit, role=Role.COORDINATOR)
    MembershipFactory(user=UserFactory(username=f"next{unit.pk}"), organisation=unit)
    client.force_login(user)
    fields = {"duty": duty.pk, "successor": f"next{unit.pk}", "message": ""}
    text = client.post(f"/organisations/{unit.code}/hand-over/", fields).content.decode()
    return re.findall(r"<li>([^<]+)</li>", text.split('class="bullets"')[1]) if 'class="bullets"' in text else []


def test_who_takes_over_a_duty_reads_what_waits_in_the_unit_and_below(workplace, client):
    for sentence in ("第一件事", "第二件事"):
        workplace.deed(workplace.learner(), sentence)
    child = UserFactory(age_class=User.AgeClass.CHILD, is_active=False)
    MembershipFactory(user=child, organisation=workplace.section, is_home=True)
    foreign = Workplace()
    foreign.deed(foreign.learner())
    workplace.coordinator.groups.add(Group.objects.get(name=CREDIT_OFFICE))
    assert "2条践行记录待确认" in page(client, workplace.coordinator, workplace.department)
    told = handed(client, workplace.coordinator, workplace.department)
    assert sorted(told) == ["1名学生还没有监护人同意", "2条践行记录待确认"]


def test_a_unit_without_open_work_says_so(workplace, client):
    workplace.learner()
    assert handed(client, workplace.coordinator, workplace.department) == []


def test_what_goes_with_a_duty_is_one_statement(workplace, django_assert_num_queries):
    for number in (1, 3):
        for n in range(number):
            workplace.deed(workplace.learner(), f"第{n}件事")
        with django_assert_num_queries(1):
            open_tasks(workplace.coordinator, workplace.department)
