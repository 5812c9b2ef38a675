"""Keys and webhooks of a unit's systems: made by its manager or the credit office, shown once, nobody else's."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from cms.actions import set_up_groups
from foundation.audit.models import Entry
from organisations.models import Role
from pledges import actions
from pledges.models import ApiKey, Webhook
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
PAGE = "/pledges/systems/"


@pytest.fixture
def unit():
    return make.accepting_unit(name="市财政局", code="finance")


def led(unit, role):
    user = UserFactory()
    MembershipFactory(user=user, organisation=unit, role=role)
    return user


@pytest.fixture
def manager(client, unit):
    user = led(unit, Role.MANAGER)
    client.force_login(user)
    return user


def key_form(unit, /, **changes):
    fields = {"unit": unit.pk, "name": "专项资金系统", "scopes": ["send", "read"], "days": "90"} | changes
    return {"do": "key", **{f"key-{name}": value for name, value in fields.items()}}


def shown(response):
    """The secret that a page shows."""
    return re.search(r'<pre class="code-block".*?>(.*?)</pre>', response.content.decode())[1]


def calls(client, text):
    return client.get("/api/v1/letters", headers={"Authorization": f"Bearer {text}"}).status_code


def test_a_key_is_shown_once_and_works(client, unit, manager):
    response = client.post(PAGE, key_form(unit))
    text, key = shown(response), ApiKey.objects.get()
    assert (calls(client, text), key.scopes, key.created_by) == (200, "send read", manager)
    assert "no-store" in response.headers["Cache-Control"]
    assert key.expires_at - key.created_at == timedelta(days=90)
    again = client.get(PAGE).content.decode()
    assert (text in again, f"{key.prefix}…" in again) == (False, True)


def test_a_key_is_replaced_with_days_for_the_change_and_ended_at_once(client, unit, manager):
    old = shown(client.post(PAGE, key_form(unit)))
    first = ApiKey.objects.get()
    new = shown(client.post(reverse("pledges:rotate-key", args=[first.prefix])))
    assert (calls(client, old), calls(client, new)) == (200, 200)
    first.refresh_from_db()
    assert first.expires_at <= timezone.now() + timedelta(days=actions.OVERLAP_DAYS)
    second = ApiKey.objects.exclude(pk=first.pk).get()
    assert client.post(reverse("pledges:revoke-key", args=[second.prefix])).status_code == 302
    assert (calls(client, old), calls(client, new)) == (200, 401)
    assert client.post(reverse("pledges:rotate-key", args=[second.prefix])).status_code == 302
    assert ApiKey.objects.count() == 2
    names = ["pledges.create_api_key", "pledges.create_api_key", "pledges.revoke_api_key"]
    found = Entry.objects.filter(action__endswith="api_key", actor=manager.get_username()).order_by("pk")
    assert [entry.action for entry in found] == names


def test_a_webhook_is_added_with_its_secret_and_ended(client, unit, manager, settings):
    settings.LETTER_HOOK_HOSTS = ["hooks.example.org"]
    form = {"do": "hook", "hook-unit": unit.pk, "hook-url": "https://hooks.example.org/letters"}
    assert shown(client.post(PAGE, form)).startswith("whsec_")
    hook = Webhook.objects.get()
    assert client.post(PAGE, form).status_code == 400
    assert client.post(PAGE, form | {"hook-url": "https://elsewhere.example.org/"}).status_code == 400
    assert "hooks.example.org/letters" in client.get(PAGE).content.decode()
    client.post(reverse("pledges:end-hook", args=[hook.public_id]))
    hook.refresh_from_db()
    assert hook.ended_at is not None
    assert "hooks.example.org/letters" not in client.get(PAGE).content.decode()


def test_what_is_no_key_is_made_by_nobody(client, unit, manager):
    elsewhere = make.accepting_unit()
    for changes in ({"unit": elsewhere.pk}, {"scopes": ["all"]}, {"days": "9999"}, {"name": ""}):
        assert client.post(PAGE, key_form(unit, **changes)).status_code == 400
    nowhere = OrganisationFactory()
    MembershipFactory(user=manager, organisation=nowhere, role=Role.MANAGER)
    assert client.post(PAGE, key_form(nowhere)).status_code == 400  # no division: its letters could have no code
    assert not ApiKey.objects.exists()


def test_nobody_else_comes_near_a_units_keys(client, unit):
    key, _text = actions.create_api_key(by=None, organisation=unit, name="系统")
    for user in (UserFactory(), led(unit, Role.COORDINATOR), led(unit, Role.MEMBER)):
        client.force_login(user)
        assert (client.get(PAGE).status_code, client.post(PAGE, key_form(unit)).status_code) == (403, 403)
    client.force_login(led(make.accepting_unit(), Role.MANAGER))
    assert key.prefix not in client.get(PAGE).content.decode()
    for name in ("rotate-key", "revoke-key"):
        assert client.post(reverse(f"pledges:{name}", args=[key.prefix])).status_code == 404
    assert list(ApiKey.objects.values_list("prefix", "revoked_at")) == [(key.prefix, None)]


def test_the_credit_office_keeps_the_keys_of_every_unit_by_name_or_code(client, unit):
    set_up_groups()
    officer = UserFactory()
    officer.groups.add(Group.objects.get(name="credit office"))
    client.force_login(officer)
    for named in ("市财政局", "finance"):
        assert calls(client, shown(client.post(PAGE, key_form(unit, unit=named)))) == 200
    assert client.post(PAGE, key_form(unit, unit="没有的局")).status_code == 400
    assert PAGE in client.get("/pledges/office/").content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_keys(client, unit, manager, many, django_assert_max_num_queries):
    for n in range(many):
        actions.create_api_key(by=None, organisation=unit, name=f"系统{n}")
    with django_assert_max_num_queries(26):
        assert client.get(PAGE).content.decode().count("/rotate/") == many
