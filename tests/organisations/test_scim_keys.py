"""Keys of personnel systems: made, rotated, revoked; hashed, limited, and of no use to others."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.audit.models import Entry
from organisations import actions
from organisations.models import ScimKey
from tests.factories.accounts import UserFactory
from tests.factories.groups import member
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def unit():
    return OrganisationFactory(code="bureau", kind="department", name="住建局")


def look(client, text, scheme="Bearer"):
    return client.get("/scim/v2/Users", headers={"Authorization": f"{scheme} {text}"})


def test_without_a_right_key_nothing_is_said(client, unit):
    text = actions.create_scim_key(by=None, organisation=unit, name="x")[1]
    assert look(client, text).status_code == 200
    client.force_login(UserFactory(is_superuser=True))
    old = actions.create_scim_key(by=None, organisation=unit, name="x", days=-1)[1]
    for wrong in ("", text[:-1] + "?", text[:8], f"{text[:8]}-", old):
        response = look(client, wrong)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
        assert json.loads(response.content)["status"] == "401"
    assert look(client, text, scheme="Basic").status_code == 401


def test_a_key_is_kept_as_a_hash_and_never_changes(unit):
    key, text = actions.create_scim_key(by=None, organisation=unit, name="人事系统")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM organisations_scimkey")
        assert text.split("-")[1] not in str(cursor.fetchall())
    for change in ("organisation_id = 0", "may_write = NULL", "secret_sha256 = 'plain'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE organisations_scimkey SET {change} WHERE id = {key.pk}")


def test_a_key_that_may_only_look_changes_nothing(client, unit):
    text = actions.create_scim_key(by=None, organisation=unit, name="x", may_write=False)[1]
    assert look(client, text).status_code == 200
    sent = client.post(
        "/scim/v2/Users", "{}", content_type="application/scim+json", headers={"Authorization": f"Bearer {text}"}
    )
    assert sent.status_code == 403


def test_a_rotated_key_holds_for_a_week_and_a_revoked_one_not_a_moment(client, unit):
    key, text = actions.create_scim_key(by=None, organisation=unit, name="人事系统")
    _new, second = actions.rotate_scim_key(by=None, key=key)
    assert [look(client, one).status_code for one in (text, second)] == [200, 200]
    key.refresh_from_db()
    assert key.expires_at - timezone.now() < timedelta(days=7)
    assert actions.revoke_scim_key(by=None, key=key)
    assert not actions.revoke_scim_key(by=None, key=key)
    assert [look(client, one).status_code for one in (text, second)] == [401, 200]
    with pytest.raises(actions.KeyEnded):
        actions.rotate_scim_key(by=None, key=key)


def test_requests_are_limited_by_key(client, unit, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "scim": "2/m/key"}
    text = actions.create_scim_key(by=None, organisation=unit, name="x")[1]
    other = actions.create_scim_key(by=None, organisation=unit, name="y")[1]
    assert [look(client, text).status_code for _request in range(3)] == [200, 200, 429]
    assert look(client, text)["Retry-After"] == "60"
    assert look(client, other).status_code == 200


def test_a_body_that_is_too_large_is_refused(client, unit):
    text = actions.create_scim_key(by=None, organisation=unit, name="x")[1]
    sent = client.post(
        "/scim/v2/Users", "x" * 1_000_001, content_type="application/json", headers={"Authorization": f"Bearer {text}"}
    )
    assert sent.status_code == 413


def test_the_command_makes_rotates_revokes_and_lists(unit):
    out = StringIO()
    call_command("scim_key", create=["bureau", "人事系统"], read_only=True, stdout=out)
    prefix = out.getvalue().split("-")[0]
    assert ScimKey.objects.get().may_write is False
    call_command("scim_key", rotate=prefix, stdout=StringIO())
    call_command("scim_key", revoke=prefix, stdout=StringIO())
    listed = StringIO()
    call_command("scim_key", list=True, stdout=listed)
    assert [line.split()[1] for line in listed.getvalue().splitlines()] == ["revoked", "until"]
    for wrong in ({"revoke": prefix}, {"revoke": "nothing"}, {"rotate": prefix}, {"create": ["nowhere", "x"]}):
        with pytest.raises(CommandError):
            call_command("scim_key", **wrong)


def test_the_page_shows_a_new_key_once(client, unit):
    for nobody in (UserFactory(), member("credit office")):
        client.force_login(nobody)
        assert client.get("/admin/scim-keys/").status_code in (302, 403)
    client.force_login(UserFactory(username="boss", is_superuser=True))
    assert client.post("/admin/scim-keys/", {"unit": "nowhere", "name": "x", "days": "365"}).status_code == 200
    made = client.post("/admin/scim-keys/", {"unit": "bureau", "name": "x", "days": "365", "may_write": "on"})
    key = ScimKey.objects.get()
    assert f"{key.prefix}-" in made.content.decode()
    assert f"{key.prefix}-" not in client.get("/admin/scim-keys/").content.decode()
    rotated = client.post(f"/admin/scim-keys/{key.pk}/", {"do": "rotate"})
    assert f"{ScimKey.objects.latest('pk').prefix}-" in rotated.content.decode()
    assert client.post(f"/admin/scim-keys/{key.pk}/", {"do": "revoke"}).status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert list(Entry.objects.filter(action__contains="scim_key").order_by("pk").values_list("action", flat=True)) == [
        "organisations.create_scim_key",
        "organisations.rotate_scim_key",
        "organisations.create_scim_key",
        "organisations.revoke_scim_key",
    ]
