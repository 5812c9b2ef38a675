"""Administrators open and change accounts in Wagtail; the frame there knows one name only."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from foundation.audit.models import Entry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    admin = UserFactory(username="boss", is_superuser=True)
    client.force_login(admin)
    return admin


def fields(**change):
    return {
        "username": "zhou.jing",
        "name": "周静",
        "employee_number": "32058300002",
        "email": "",
        "age_class": "adult",
        "password1": "brave new words",
        "password2": "brave new words",
        **change,
    }


def pupil_fields(username):
    return fields(username=username, age_class="child", employee_number="", password1="", password2="", is_active="on")


def test_an_account_is_opened_with_name_employee_number_and_age_class(admin, client):
    assert client.get("/admin/users/new/").status_code == 200
    response = client.post("/admin/users/new/", fields(groups=[Group.objects.get(name="Editors").pk]))
    assert response.status_code == 302
    user = User.objects.get(username="zhou.jing")
    assert (user.name, user.employee_number, user.is_active, user.is_staff) == ("周静", "32058300002", True, True)
    assert list(Entry.objects.values_list("action", "actor")) == [("accounts.create_account", "boss")]


def test_an_account_is_changed_without_a_password_and_a_number_can_be_taken_away(admin, client):
    user = UserFactory(employee_number="32058300003")
    address = f"/admin/users/edit/{user.pk}/"
    assert client.get(address).status_code == 200
    change = fields(username=user.username, name="新名", employee_number="", password1="", password2="", is_active="on")
    assert client.post(address, change).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.employee_number) == ("新名", None)
    assert user.check_password("correct horse")


@pytest.mark.parametrize(("typed", "stored"), [("+86 139-0000-0002", "13900000002"), ("", None)])
def test_a_mobile_phone_is_stored_as_sign_in_looks_for_it(admin, client, typed, stored):
    user = UserFactory(phone="13900000001")
    change = fields(username=user.username, phone=typed, password1="", password2="", is_active="on")
    assert client.post(f"/admin/users/edit/{user.pk}/", change).status_code == 302
    user.refresh_from_db()
    assert user.phone == stored


def test_of_two_people_only_one_has_a_phone(admin, client):
    UserFactory(phone="13900000001")
    response = client.post("/admin/users/new/", fields(phone="139 0000 0001"))
    assert (response.status_code, User.objects.filter(username="zhou.jing").exists()) == (200, False)


def test_who_administers_the_site_reads_no_audit_log_without_being_auditor(admin, client):
    assert client.get("/admin/audit-log/").status_code == 302
    admin.groups.add(Group.objects.get(name="auditor"))
    assert client.get("/admin/audit-log/").status_code == 200


def test_a_pupil_with_a_class_code_can_be_edited(admin, client):
    pupil = UserFactory(username="QS5A#07", child=True)
    change = fields(
        username="QS5A#07", age_class="child", employee_number="", password1="", password2="", is_active="on"
    )
    assert client.post(f"/admin/users/edit/{pupil.pk}/", change).status_code == 302


def test_a_child_without_consent_is_not_activated_by_form_or_in_bulk(admin, client):
    child = UserFactory(username="QS5A#08", child=True, is_active=False, has_consent=False)
    change = fields(
        username="QS5A#08", age_class="child", employee_number="", password1="", password2="", is_active="on"
    )
    assert client.post(f"/admin/users/edit/{child.pk}/", change).status_code == 200
    bulk = f"/admin/bulk/accounts/user/set_active_state/?next=%2Fadmin%2Fusers%2F&id={child.pk}"
    assert client.post(bulk, {"mark_as_active": "True"}).status_code == 302
    assert client.post("/admin/users/new/", fields(username="QS5A#09", age_class="child")).status_code == 302
    assert list(User.objects.filter(age_class="child").values_list("is_active", flat=True)) == [False, False]


def test_accounts_are_closed_and_never_deleted(admin, client):
    user = UserFactory()
    client.post(f"/admin/users/delete/{user.pk}/")
    client.post(f"/admin/bulk/accounts/user/delete/?next=%2Fadmin%2Fusers%2F&id={user.pk}")
    assert User.objects.filter(pk=user.pk).exists()


def test_the_list_finds_names_and_the_own_account_page_opens(admin, client):
    UserFactory(name="沈若谷")
    page = client.get("/admin/users/?q=若谷&ordering=name")
    assert (page.status_code, "沈若谷" in page.content.decode()) == (200, True)
    assert client.get("/admin/account/").status_code == 200
    assert client.post("/admin/account/", {"locale-preferred_language": "en"}).status_code in (200, 302)


def test_there_is_one_way_in_and_it_is_rate_limited(client):
    UserFactory(username="boss", is_superuser=True)
    response = client.post("/admin/login/?next=/admin/", {"username": "boss", "password": "correct horse"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/admin/")
    assert client.get("/admin/password_reset/").status_code == 404


def test_a_learner_does_not_enter_the_admin(client):
    client.force_login(UserFactory())
    for address in ("/admin/", "/admin/users/", "/admin/account/"):
        answer = client.get(address, follow=True)
        assert (answer.status_code, answer.redirect_chain[0][0].startswith("/admin/login/")) == (403, True)
