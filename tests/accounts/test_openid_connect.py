"""Sign in with the city's identity provider: a real one, in a process of its own, asked over HTTP."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from django.core.cache import cache

from accounts.models import User
from foundation.audit.models import Entry
from tests.accounts.identity_provider import CLIENT, PASSWORD, SECRET
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
CALLBACK = "http://testserver/accounts/oidc/openid_connect/login/callback/"
LOGIN = "/accounts/oidc/openid_connect/login/"


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """The address of the provider."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    database = str(tmp_path_factory.mktemp("city") / "city.sqlite3")
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.accounts.identity_provider", port, database, CALLBACK]
    process = subprocess.Popen(command, cwd=root)
    address = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(600):
            assert process.poll() is None, "the provider stopped by itself"
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=5).raise_for_status()
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(autouse=True)
def _offered(city, settings):
    cache.clear()
    app = {"provider_id": "openid_connect", "name": "统一身份认证", "client_id": CLIENT, "secret": SECRET}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{**app, "settings": {"server_url": city}}], "OAUTH_PKCE_ENABLED": True}
    }


def come_from_there(client, name, city):
    """From our sign-in page to the provider, sign in there, and back; returns our answer."""
    there = requests.Session()
    page = there.get(client.post(LOGIN)["Location"], timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token, "next": _next(page.text)}
    answer = there.post(page.url, form, allow_redirects=False, timeout=10)
    while not answer.headers.get("Location", "").startswith("http://testserver"):
        answer = there.get(requests.compat.urljoin(city, answer.headers["Location"]), allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def _next(text):
    found = re.search(r'name="next" value="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else ""


def test_the_sign_in_page_offers_it_and_asks_first(client, city):
    assert "统一身份认证" in client.get("/accounts/login/").content.decode()
    assert client.get(LOGIN).status_code == 200
    away = client.post(LOGIN)["Location"]
    assert away.startswith(f"{city}/identity/o/authorize?")
    assert "code_challenge_method=S256" in away


def test_somebody_is_found_by_employee_number_and_stays_connected(client, city):
    person = UserFactory(employee_number="32058300001")
    assert come_from_there(client, "lin", city)["Location"] == "/my/"
    assert client.session["_auth_user_id"] == str(person.pk)
    actions = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["accounts.connect_identity", "accounts.sign_in"]
    client.post("/accounts/logout/")
    User.objects.update(employee_number=None)
    come_from_there(client, "lin", city)
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_confirmed_address_finds_its_one_holder_and_an_unconfirmed_one_nobody(client, city):
    person = UserFactory(email="he@example.org")
    UserFactory(email="guess@example.org")
    come_from_there(client, "he", city)
    assert client.session["_auth_user_id"] == str(person.pk)
    client.post("/accounts/logout/")
    assert come_from_there(client, "guess", city)["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_minors_closed_accounts_and_shared_addresses_are_not_matched(client, city):
    UserFactory(employee_number="32058300001", is_active=False)
    UserFactory(email="he@example.org")
    UserFactory(email="he@example.org")
    for name in ("lin", "he"):
        come_from_there(client, name, city)
        assert "_auth_user_id" not in client.session


def test_nobody_signs_up_unless_the_settings_say_so(client, city, settings):
    answer = come_from_there(client, "lin", city)
    assert (answer["Location"], User.objects.count()) == ("/accounts/login/", 0)
    assert "联络员" in client.get("/accounts/login/").content.decode()
    settings.OIDC_SIGN_UP = True
    come_from_there(client, "lin", city)
    user = User.objects.get()
    assert (user.username, user.employee_number, user.email, user.has_usable_password()) == (
        *("32058300001", "32058300001", "lin@example.org", False),
    )
    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_answer_that_nobody_asked_for_and_a_wrong_code_let_nobody_in(client, city):
    UserFactory(employee_number="32058300001")
    assert client.get("/accounts/oidc/openid_connect/login/callback/?code=x&state=y").status_code == 401
    away = client.post(LOGIN)["Location"]
    state = re.search(r"state=([^&]+)", away)[1]
    answer = client.get(f"/accounts/oidc/openid_connect/login/callback/?code=wrong&state={state}")
    assert (answer.status_code, "对方网站没有按约定回应" in answer.content.decode()) == (401, True)
    assert "_auth_user_id" not in client.session


def test_what_is_not_set_up_does_not_exist(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    for address in (LOGIN, "/accounts/weixin/login/", "/accounts/dingtalk/login/", "/accounts/wecom/login/"):
        assert client.post(address).status_code == 404
    assert "统一身份认证" not in client.get("/accounts/login/").content.decode()
