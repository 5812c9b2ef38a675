"""Staff show a second factor before any page of the admin; codes and recovery codes; secrets are stored encrypted."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from cms import registry
from elearning.settings import base
from foundation.audit.models import Entry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
SECURITY = "/accounts/second-factor/"


@pytest.fixture(autouse=True)
def _asked_for(settings):
    cache.clear()
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def editor():
    person = UserFactory(username="editor", is_staff=True)
    person.groups.add(Group.objects.get(name=registry.EDITOR))  # is there again after a flush, unlike Wagtail's own
    return person


def code(secret, ago=0):
    return f"{hotp_value(secret, int(time.time()) // 30 - ago):06}"


def sign_in(client, user):
    return client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})


def confirm(client):
    return client.post("/accounts/reauthenticate/", {"password": PASSWORD})


@pytest.fixture
def set_up(client, django_capture_on_commit_callbacks):
    """Sets up an app and returns its secret."""

    def do():
        confirm(client)
        client.get(f"{SECURITY}totp/activate/")
        secret = client.session["mfa.totp.secret"]
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"{SECURITY}totp/activate/", {"code": code(secret)})
        return secret

    return do


def admin_addresses():
    """Every address below /admin/ that needs no argument."""

    def walk(patterns, prefix):
        for pattern in patterns:
            route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern) and not set("<(?[*\\") & set(route):
                yield f"/{route}"

    found = [a for a in walk(get_resolver().url_patterns, "") if a.startswith("/admin/")]
    return sorted(set(found) - {"/admin/login/", "/admin/logout/"})


@pytest.mark.parametrize("kind", ["editor", "superuser"])
def test_no_page_of_the_admin_opens_without_a_second_factor(client, editor, kind):
    client.force_login(editor if kind == "editor" else UserFactory(is_superuser=True))
    addresses = admin_addresses()
    assert len(addresses) > 50
    assert {client.get(address).headers.get("Location") for address in addresses} == {SECURITY}
    assert client.post("/admin/pages/1/edit/", {"title": "x"}).headers["Location"] == SECURITY


def test_where_it_is_not_asked_for_and_for_others_nothing_changes(client, editor, settings):
    client.force_login(UserFactory())
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/", follow=True).status_code == 403
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(editor)
    assert client.get("/admin/").status_code == 200


def test_the_default_follows_https():
    assert base.STAFF_SECOND_FACTOR is base.HTTPS is False


@pytest.mark.django_db(transaction=True)  # the factor counts for the session once it is committed
def test_an_editor_sets_up_an_app_enters_and_is_asked_for_a_code_at_the_next_sign_in(client, editor, set_up):
    sign_in(client, editor)
    assert "data-passkey" not in client.get(SECURITY).content.decode()
    secret = set_up()
    assert client.get("/admin/").status_code == 200
    client.post("/accounts/logout/")
    assert sign_in(client, editor)["Location"] == f"{SECURITY}authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    wrong = client.post(f"{SECURITY}authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    right = client.post(f"{SECURITY}authenticate/", {"code": code(secret, ago=-1)})
    assert right["Location"] == "/my/"
    assert client.get("/admin/").status_code == 200
    actions = list(Entry.objects.filter(action__endswith="_factor").values_list("action", "details", "succeeded"))
    assert actions == [
        ("accounts.add_factor", {"kind": "totp"}, True),
        ("accounts.add_factor", {"kind": "recovery_codes"}, True),
        ("accounts.show_factor", {"kind": "totp"}, False),
    ]


def test_a_session_from_before_the_second_factor_shows_it_before_the_admin(client, editor):
    client.force_login(editor)
    WebAuthn.add(editor, "手机", {})
    answer = client.get("/admin/pages/")
    assert answer["Location"] == f"{SECURITY}webauthn/reauthenticate/?next=%2Fadmin%2Fpages%2F"
    TOTP.activate(editor, secret := generate_totp_secret())
    client.post(f"{SECURITY}reauthenticate/", {"code": code(secret)})
    assert client.get("/admin/").status_code == 200


def test_a_code_works_once_and_after_eight_wrong_ones_the_right_one_waits(client, editor):
    TOTP.activate(editor, secret := generate_totp_secret())
    sign_in(client, editor)
    client.post(f"{SECURITY}authenticate/", {"code": code(secret)})
    client.post("/accounts/logout/")
    sign_in(client, editor)
    assert client.post(f"{SECURITY}authenticate/", {"code": code(secret)}).status_code == 200
    for _attempt in range(8):
        client.post(f"{SECURITY}authenticate/", {"code": "000000"})
    client.post(f"{SECURITY}authenticate/", {"code": code(secret, ago=-1)})
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_lets_in_once(client, editor):
    TOTP.activate(editor, generate_totp_secret())
    first = RecoveryCodes.activate(editor).get_unused_codes()[0]
    sign_in(client, editor)
    assert client.post(f"{SECURITY}authenticate/", {"code": first}).status_code == 302
    client.post("/accounts/logout/")
    sign_in(client, editor)
    assert client.post(f"{SECURITY}authenticate/", {"code": first}).status_code == 200


def test_staff_cannot_remove_the_last_factor_and_others_can(client, editor, set_up):
    sign_in(client, editor)
    set_up()
    confirm(client)
    assert client.post(f"{SECURITY}totp/deactivate/").status_code == 200
    assert Authenticator.objects.filter(user=editor, type="totp").count() == 1
    key = WebAuthn.add(editor, "手机", {}).instance
    assert client.post(f"{SECURITY}totp/deactivate/").status_code == 302
    assert client.post(f"{SECURITY}webauthn/keys/{key.pk}/remove/").status_code == 200
    assert list(Authenticator.objects.filter(user=editor).exclude(type="recovery_codes")) == [key]
    learner = UserFactory()
    client.logout()
    sign_in(client, learner)
    set_up()
    confirm(client)
    assert client.post(f"{SECURITY}totp/deactivate/").status_code == 302
    assert Authenticator.objects.filter(user=learner).count() == 0


def test_somebody_elses_passkey_can_be_neither_renamed_nor_removed(client):
    key = WebAuthn.add(UserFactory(), "手机", {}).instance
    stranger = UserFactory()
    sign_in(client, stranger)
    confirm(client)
    for verb in ("edit", "remove"):
        assert client.post(f"{SECURITY}webauthn/keys/{key.pk}/{verb}/", {"name": "x"}).status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "手机"


def test_the_secret_is_not_in_the_database_and_another_key_opens_nothing(client, editor, settings):
    TOTP.activate(editor, secret := generate_totp_secret())
    RecoveryCodes.activate(editor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert not any(secret in str(row) for row in cursor.fetchall())
    settings.SECRET_KEY = "another"
    sign_in(client, editor)
    assert client.post(f"{SECURITY}authenticate/", {"code": code(secret)}).status_code == 200


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_security_stands_in_our_frame_and_asks_who_it_is(client, language):
    person = UserFactory()
    pages = ["", "webauthn/", "webauthn/add/", "totp/activate/", "recovery-codes/generate/"]
    assert {client.get(f"{language}{SECURITY}{page}").status_code for page in pages} == {302}
    client.force_login(person)
    assert client.get(f"{language}{SECURITY}webauthn/add/").status_code == 302
    confirm(client)
    for page in pages:
        answer = client.get(f"{language}{SECURITY}{page}")
        assert (page, answer.status_code) == (page, 200)
        assert 'class="site-head"' in answer.content.decode()
