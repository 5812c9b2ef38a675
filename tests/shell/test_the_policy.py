"""The strict Content-Security-Policy, and pages that hold to it."""

import re

import pytest
from django.test import Client

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PAGES = [
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/nothing/",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_forbid_inline_code_and_contain_none(client: Client, path: str) -> None:
    client.force_login(UserFactory())
    response = client.get(path, follow=True)
    policy, html = response["Content-Security-Policy"], response.content.decode()
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe-inline" not in policy
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html) == []
    assert re.findall(r"<style\b", html) == []
    assert re.findall(r"<[^>]+\s(?:style|on\w+)=", html) == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_no_other_host(client: Client, path: str) -> None:
    html = client.get(path, follow=True).content.decode()
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', html) == []
