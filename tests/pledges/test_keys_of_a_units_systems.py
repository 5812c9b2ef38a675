"""Keys and webhooks of a unit's systems: made by its manager or the credit office, shown once, nobody else's."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from cms.actions import set_up_groups
from foundation.audit.models import Entry
from organisations.models import Role
from pledges import actions, queries
from pledges.models import ApiKey, Delivery, Letter, Webhook
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.pledges.test_letters_of_departments_systems import row

pytestmark = pytest.mark.django_db
PAGE, HOOK = "/pledges/systems/", "https://hooks.example.org/letters"


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


@pytest.fixture
def hosts(settings):
    settings.LETTER_HOOK_HOSTS = ["hooks.example.org"]


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


def test_a_webhook_is_added_with_its_secret_and_ended(client, unit, manager, hosts):
    form = {"do": "hook", "hook-unit": unit.pk, "hook-url": HOOK}
    assert shown(client.post(PAGE, form)).startswith("whsec_")
    hook = Webhook.objects.get()
    assert client.post(PAGE, form).status_code == 400
    assert client.post(PAGE, form | {"hook-url": "https://elsewhere.example.org/"}).status_code == 400
    assert "hooks.example.org/letters" in client.get(PAGE).content.decode()
    client.post(reverse("pledges:end-hook", args=[hook.public_id]))
    hook.refresh_from_db()
    assert hook.ended_at is not None
    assert "hooks.example.org/letters" not in client.get(PAGE).content.decode()


def test_before_a_key_ends_a_page_says_what_ends_and_when_it_was_last_used(client, unit, manager):
    text = shown(client.post(PAGE, key_form(unit)))
    key = ApiKey.objects.get()
    address = reverse("pledges:revoke-key", args=[key.prefix])
    assert f'href="{address}"' in client.get(PAGE).content.decode()
    before = client.get(address)
    assert ("还没有" in before.content.decode(), calls(client, text)) == (True, 200)
    assert "no-store" in before.headers["Cache-Control"]
    headers = {"Authorization": f"Bearer {text}"}
    assert client.post("/api/v1/letters", row(), content_type="application/json", headers=headers).status_code == 201
    page = client.get(address).content.decode()
    facts = (key.name, key.prefix, unit.name, str(manager), Letter.objects.get().code, f'href="{PAGE}"')
    assert [fact for fact in facts if fact not in page] == []
    assert client.post(address).status_code == 302
    assert (client.get(address).status_code, calls(client, text)) == (302, 401)


def test_before_a_webhook_ends_a_page_says_when_it_was_last_told(client, unit, manager, hosts):
    hook, _secret = actions.create_webhook(organisation=unit, url=HOOK)
    address = reverse("pledges:end-hook", args=[hook.public_id])
    assert f'href="{address}"' in client.get(PAGE).content.decode()
    page = client.get(address).content.decode()
    assert (hook.url in page, unit.name in page, "近期没有" in page) == (True, True, True)
    now = timezone.now()
    Delivery.objects.create(webhook=hook, first=1, last=1, state="sent", created_at=now, finished_at=now)
    assert date_format(timezone.localtime(now), "DATETIME_FORMAT") in client.get(address).content.decode()
    hook.refresh_from_db()
    assert hook.ended_at is None


def test_keys_in_force_stand_first_and_the_newest_of_them_before_the_others(unit, manager):
    now = timezone.now()

    def made(name, *, days, age):
        return actions.create_api_key(by=None, organisation=unit, name=name, days=days, at=now - timedelta(days=age))[0]

    made("expired", days=1, age=5)
    made("older", days=900, age=4)
    revoked = made("revoked", days=900, age=3)
    made("newer", days=30, age=2)
    actions.revoke_api_key(by=None, key=revoked)
    for moment in (None, now):
        names = [key.name for key in queries.keys_kept_by(manager, at=moment)]
        assert names == ["newer", "older", "revoked", "expired"]


def test_what_is_no_key_is_made_by_nobody(client, unit, manager):
    elsewhere = make.accepting_unit()
    for changes in ({"unit": elsewhere.pk}, {"scopes": ["all"]}, {"days": "9999"}, {"name": ""}):
        assert client.post(PAGE, key_form(unit, **changes)).status_code == 400
    nowhere = OrganisationFactory()
    MembershipFactory(user=manager, organisation=nowhere, role=Role.MANAGER)
    assert client.post(PAGE, key_form(nowhere)).status_code == 400  # no division: its letters could have no code
    assert not ApiKey.objects.exists()


def test_nobody_else_comes_near_a_units_keys(client, unit, hosts):
    key, _text = actions.create_api_key(by=None, organisation=unit, name="系统")
    for user in (UserFactory(), led(unit, Role.COORDINATOR), led(unit, Role.MEMBER)):
        client.force_login(user)
        assert (client.get(PAGE).status_code, client.post(PAGE, key_form(unit)).status_code) == (403, 403)
    client.force_login(led(make.accepting_unit(), Role.MANAGER))
    assert key.prefix not in client.get(PAGE).content.decode()
    hook, _secret = actions.create_webhook(organisation=unit, url=HOOK)
    addresses = [reverse(f"pledges:{name}", args=[key.prefix]) for name in ("rotate-key", "revoke-key")]
    addresses.append(reverse("pledges:end-hook", args=[hook.public_id]))
    assert [client.post(address).status_code for address in addresses] == [404, 404, 404]
    assert [client.get(address).status_code for address in addresses] == [405, 404, 404]
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
