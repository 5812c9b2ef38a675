"""The foot of every page leads to the standard pages that their editors put into menus."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms import actions
from cms.models import StandardPage
from tests.factories.cms import site

pytestmark = pytest.mark.django_db
OWN = ["/registry/", "/verify/", "/search/"]


def foot(client, address="/accounts/login/"):
    """The addresses in the footer."""
    links = re.search(r'<ul class="foot-links">.*?</ul>', client.get(address).content.decode(), re.S)
    return re.findall(r'href="([^"]+)"', links.group())


def add(slug, parent, **fields):
    return actions.add_page(by=None, parent=parent, page=StandardPage(title=slug, slug=slug, **fields))


def test_a_site_without_pages_has_the_fixed_links_only(client):
    assert foot(client) == OWN


def test_pages_in_menus_stand_there_in_the_order_of_the_tree_and_in_english_addresses(client):
    home = site()
    about = add("about", home, show_in_menus=True)
    add("hidden", home)
    add("below", about, show_in_menus=True)
    add("open-data", home, show_in_menus=True)
    assert foot(client) == [*OWN, "/about/", "/open-data/"]
    assert foot(client, "/en/accounts/login/") == [f"/en{path}" for path in (*OWN, "/about/", "/open-data/")]
    assert client.get("/en/about/").status_code == 200
    about.unpublish()
    assert foot(client) == [*OWN, "/open-data/"]


def test_more_pages_cost_no_more_statements(client):
    home = site()
    client.get("/accounts/login/")
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as captured:
            foot(client)
        counts.append(len(captured))
        add(f"page-{number}", home, show_in_menus=True)
    assert counts[0] == counts[2]
