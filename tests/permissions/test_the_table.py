"""Every view is tried as every role, and answers as docs/permissions.md says."""

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from programmes.actions import copy_programme, create_from_preset, open_programme
from programmes.presets import PRESETS
from programmes.queries import settings_of
from tests.architecture.sources import ROOT
from tests.permissions.addresses import Address, addresses
from tests.permissions.tables import alone, elsewhere, matrix
from tests.permissions.world import INSIDE, OUTSIDE, ROLES, World

pytestmark = pytest.mark.django_db
SITE, ADMIN, ELSEWHERE, ALONE = matrix("On the site"), matrix("Under /admin/"), elsewhere(), alone()
BY_ROUTE = {address.route: address for address in addresses()}
REFUSED = {401, 403, 404}


def test_every_address_stands_in_one_table_and_no_other_does():
    listed = [*SITE, *ADMIN, *ELSEWHERE]
    assert sorted(listed) == sorted(BY_ROUTE)


def test_what_is_for_superusers_alone_stands_without_a_dot_in_the_table():
    assert [route for route in ALONE if ADMIN[route]] == []


def test_what_is_tried_elsewhere_names_a_test_that_exists():
    assert [name for name in ELSEWHERE.values() if not (ROOT / name).is_file()] == []


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    """One signed-in browser for each role."""
    found = {}
    for role in (*ROLES, "superuser"):
        found[role] = Client(raise_request_exception=False)
        if role != "visitor":
            found[role].force_login(world.people[role])
    return found


def is_let_in(client: Client, path: str) -> bool:
    """Whether the view did something for this person: POST where GET is not offered; nothing of it stays."""
    held = transaction.savepoint()
    try:
        answer = client.get(path)
        if answer.status_code == 405:
            answer = client.post(path)
        where = answer.get("Location", "")
        assert answer.status_code < 500, f"{answer.status_code} at {path}"
        return not (
            answer.status_code in REFUSED
            or where.startswith(("/accounts/login/", "/admin/login/"))
            or where == "/admin/"
        )
    finally:
        transaction.savepoint_rollback(held)


def tried(address: Address, roles: tuple[str, ...], world: World, clients: dict[str, Client]) -> set[str]:
    """The roles that are let in."""
    path = world.path_of(address)
    assert path is not None, f"nothing to put into {address.route}: tests/permissions/world.py"
    return {role for role in roles if is_let_in(clients[role], path)}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
def test_every_model_becomes_a_programme_that_opens_with_the_demo_content(preset, world):
    """Here, because the demo city is here."""
    today, by = timezone.localdate(), world.people["exams"]
    days = {"opens_on": today, "closes_on": today + dt.timedelta(days=90)}
    made = create_from_preset(by=by, preset=preset, title="", **days)
    assert [(row.step.title, row.step.kind) for row in settings_of(made) if not row.asks_for] == []
    assert (made.audience, f"{today.year}年" in made.title) == (preset.audience, True)
    open_programme(by=by, programme=made)
    again = copy_programme(by=by, source=made, title="再来一次", **days)
    missing = [row.step.kind for row in settings_of(again) if not row.asks_for]
    assert missing == [step.kind for step in preset.steps if step.kind == "session"]
    assert (again.slug, again.title_en) == (f"{made.slug[:50]}-{today.year}", "")


@pytest.mark.parametrize("route", SITE)
def test_on_the_site_each_role_is_let_in_or_refused_as_the_table_says(route, world, clients):
    listed = SITE[route]
    superuser = {"superuser"} if listed & {"exams", "office", "auditor"} else set()
    assert tried(BY_ROUTE[route], (*ROLES, "superuser"), world, clients) == listed | superuser


@pytest.mark.parametrize("route", ADMIN)
def test_under_admin_each_role_is_let_in_or_refused_as_the_table_says(route, world, clients):
    inside = tried(BY_ROUTE[route], INSIDE, world, clients)
    assert (inside, tried(BY_ROUTE[route], OUTSIDE, world, clients)) == (ADMIN[route], set())


@pytest.mark.parametrize("route", ADMIN)
def test_under_admin_superusers_open_what_anybody_opens_and_what_is_theirs_alone_but_not_the_audit_log(
    route, world, clients
):
    opens = (bool(ADMIN[route]) or route in ALONE) and not route.startswith("admin/audit-log/")
    assert bool(tried(BY_ROUTE[route], ("superuser",), world, clients)) is opens
