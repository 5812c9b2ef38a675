"""On a shared tablet nothing of the one before can be had back."""

import pytest

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_a_page_for_somebody_signed_in_is_never_stored(client):
    client.force_login(UserFactory())
    assert client.get("/my/").headers["Cache-Control"] == "private, no-store"


def test_a_page_for_everybody_may_be_kept(client):
    assert "Cache-Control" not in client.get("/registry/").headers


def test_nobody_adds_an_address_of_their_own(client):
    client.force_login(UserFactory())
    assert [client.get(address).status_code for address in ("/accounts/email/", "/en/accounts/email/")] == [404, 404]
