"""Administrators keep the tree, memberships and consents in Wagtail."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organisations.actions import close_organisation
from organisations.models import ConsentText, GuardianConsent, Membership, Organisation, Role
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    admin = UserFactory(username="boss", is_superuser=True)
    client.force_login(admin)
    return admin


def unit_fields(**change):
    return {"kind": "department", "name": "新局", "code": "new", "order": "0", "above": "", "uscc": "", **change}


def test_a_unit_is_made_below_another_renamed_moved_and_closed(admin, client):
    one, two = OrganisationFactory(code="one"), OrganisationFactory(code="two")
    assert client.get("/admin/organisations/new/").status_code == 200
    assert client.post("/admin/organisations/new/", unit_fields(above="one")).status_code == 302
    unit = Organisation.objects.get(code="new")
    assert unit.parent == one
    address = f"/admin/organisations/edit/{unit.pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, unit_fields(above="two", name="改名局")).status_code == 302
    unit.refresh_from_db()
    assert (unit.name, unit.parent, unit.path) == ("改名局", two, f"{two.path}{unit.pk}/")
    loop = client.post(f"/admin/organisations/edit/{two.pk}/", unit_fields(name=two.name, code="two", above="new"))
    assert loop.status_code == 200
    assert client.get(f"/admin/organisations/inspect/{unit.pk}/").status_code == 200
    client.post(f"/admin/organisations/{unit.pk}/close/")
    unit.refresh_from_db()
    assert unit.closed_on is not None


def test_a_wrong_credit_code_is_refused_in_the_form(admin, client):
    answer = client.post("/admin/organisations/new/", unit_fields(uscc="11320583226885833X"))
    assert (answer.status_code, Organisation.objects.count()) == (200, 0)


def test_a_membership_is_added_and_ended(admin, client):
    unit, person = OrganisationFactory(code="one"), UserFactory(username="lin")
    fields = {"person": "lin", "unit": "one", "role": "member", "is_home": "on", "from_on": "2026-09-01"}
    assert client.post("/admin/memberships/new/", fields).status_code == 302
    membership = Membership.objects.get()
    assert (membership.user, membership.organisation, membership.is_home) == (person, unit, True)
    assert client.post("/admin/memberships/new/", fields).status_code == 200
    assert client.post("/admin/memberships/new/", {**fields, "person": "nobody"}).status_code == 200
    client.post(f"/admin/memberships/{membership.pk}/end/")
    membership.refresh_from_db()
    assert membership.until_on is not None


def test_a_secondment_has_a_last_day_which_can_be_moved_and_taken_away(admin, client):
    OrganisationFactory(code="one")
    UserFactory(username="lin")
    today = timezone.localdate()
    fields = {"person": "lin", "unit": "one", "role": "member", "from_on": today.isoformat()}
    early = (today - timedelta(days=1)).isoformat()
    assert client.post("/admin/memberships/new/", {**fields, "ends_on": early}).status_code == 200
    assert client.post("/admin/memberships/new/", {**fields, "ends_on": today.isoformat()}).status_code == 302
    membership = Membership.objects.get()
    look, plan = f"/admin/memberships/inspect/{membership.pk}/", f"/admin/memberships/{membership.pk}/plan-end/"
    assert f'value="{today.isoformat()}"' in client.get(look).content.decode()
    later = today + timedelta(days=90)
    for day, stored in ((later.isoformat(), later), (early, later), ("nonsense", later), ("", None)):
        client.post(plan, {"ends_on": day})
        membership.refresh_from_db()
        assert membership.ends_on == stored
    client.post(f"/admin/memberships/{membership.pk}/end/")
    client.post(plan, {"ends_on": later.isoformat()})
    membership.refresh_from_db()
    assert (membership.ends_on, membership.until_on) == (None, today)


def test_a_consent_is_recorded_and_withdrawn(admin, client):
    child = UserFactory(username="QS5A#07", child=True, is_active=False, has_consent=False)
    fields = {"person": "QS5A#07", "guardian": "陈家长", "method": "paper", "text_version": "2026-09"}
    assert client.post("/admin/consents/new/", {**fields, "text_version": "1999"}).status_code == 200
    assert GuardianConsent.objects.count() == 0
    page = client.get("/admin/consents/new/").content.decode()
    assert re.findall(r'<option value="([^"]*)"[^>]*>', page.split('name="text_version"')[1].split("</select>")[0]) == [
        text.version for text in ConsentText.objects.order_by("-published_at", "-pk")
    ]
    assert client.post("/admin/consents/new/", fields).status_code == 302
    child.refresh_from_db()
    assert (child.is_active, GuardianConsent.objects.count()) == (True, 1)
    assert client.post("/admin/consents/new/", fields).status_code == 200
    consent = GuardianConsent.objects.get()
    assert client.get(f"/admin/consents/inspect/{consent.pk}/").status_code == 200
    client.post(f"/admin/consents/{consent.pk}/withdraw/")
    child.refresh_from_db()
    assert child.is_active is False


def test_the_page_of_a_unit_names_who_leads_it_and_leads_to_the_hand_over(admin, client):
    unit = OrganisationFactory(code="one")
    page, button = f"/admin/organisations/inspect/{unit.pk}/", 'href="/organisations/one/hand-over/"'

    def shown():
        answer = client.get(page)
        return [(duty.user, duty.role) for duty in answer.context["duties"]], button in answer.content.decode()

    MembershipFactory(user=UserFactory(), organisation=unit, role=Role.MEMBER)
    MembershipFactory(
        user=UserFactory(), organisation=OrganisationFactory(kind="section", parent=unit), role=Role.COORDINATOR
    )
    assert shown() == ([], False)
    manager = MembershipFactory(user=UserFactory(), organisation=unit, role=Role.MANAGER).user
    coordinator = MembershipFactory(user=UserFactory(), organisation=unit, role=Role.COORDINATOR).user
    assert shown() == ([(coordinator, "coordinator"), (manager, "manager")], True)
    assert coordinator.get_full_name() in client.get("/organisations/one/hand-over/").content.decode()
    with CaptureQueriesContext(connection) as two:
        client.get(page)
    MembershipFactory(user=UserFactory(), organisation=unit, role=Role.COORDINATOR)
    with CaptureQueriesContext(connection) as three:
        client.get(page)
    assert len(three) == len(two)
    close_organisation(by=admin, organisation=unit)
    assert shown()[1] is False


@pytest.mark.parametrize("address", ["/admin/organisations/", "/admin/memberships/", "/admin/consents/"])
def test_lists_cost_the_same_for_one_row_and_for_three(admin, client, address):
    counts = []
    client.get(address)
    for seat in range(3):
        child = UserFactory(child=True)
        MembershipFactory(user=child, organisation=OrganisationFactory(), seat=seat)
        GuardianConsent.objects.create(
            user=child, guardian="谁", method="paper", text_version="1", given_at="2026-01-01T00:00Z", recorded_by=admin
        )
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    "name", ["organisations/1/close", "memberships/1/end", "memberships/1/plan-end", "consents/1/withdraw"]
)
def test_who_has_no_permission_presses_no_button(client, name):
    client.force_login(UserFactory())
    assert client.post(f"/admin/{name}/").status_code in (302, 403)
