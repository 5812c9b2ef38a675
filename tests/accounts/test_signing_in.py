"""Sign in by username, employee number or e-mail; what is refused tells nothing; limits hold; all of it is logged."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts import actions
from accounts.models import User
from foundation.audit.models import Entry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def person():
    return UserFactory(username="lin.zhiyuan", employee_number="32058300001", email="lin@example.org")


def sign_in(client, login, password=PASSWORD, **kwargs):
    return client.post("/accounts/login/", {"login": login, "password": password}, **kwargs)


def entries():
    return list(Entry.objects.order_by("pk").values_list("action", "actor", "succeeded"))


@pytest.mark.parametrize("login", ["lin.zhiyuan", "LIN.zhiyuan", "32058300001", "lin@example.org"])
def test_a_person_signs_in_by_username_employee_number_or_email(person, client, login):
    response = sign_in(client, login)
    assert (response.status_code, response["Location"]) == (302, "/my/")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_pupil_signs_in_with_class_code_and_seat(client):
    UserFactory(username="QS5A#07", child=True)
    assert sign_in(client, "QS5A#07").status_code == 302


def test_an_unknown_person_and_a_wrong_password_get_the_same_answer(person, client):
    answers = []
    for login in ("nobody", "lin.zhiyuan", "32058300001", "99999999999", "no@example.org", "lin@example.org"):
        response = sign_in(client, login, "wrong password")
        page = response.content.decode().replace(login, "…")
        answers.append((response.status_code, page[page.index('role="alert"') :][:300]))
    assert len(set(answers)) == 1


def test_every_refusal_hashes_exactly_one_password(person, monkeypatch):
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
    counts = {}
    for login in ("nobody", "lin.zhiyuan", "32058300001", "99999999999"):
        hashed.clear()
        assert authenticate(None, username=login, password="wrong password") is None
        counts[login] = len(hashed)
    assert set(counts.values()) == {1}


def test_a_username_that_equals_somebodys_employee_number_does_not_open_both(person):
    other = UserFactory(username="32058300001")
    other.set_password("another password")
    other.save()
    assert authenticate(None, username="32058300001", password="another password") == other
    assert authenticate(None, username="32058300001", password=PASSWORD) is None


def test_an_inactive_child_is_not_let_in(client):
    UserFactory(username="QS5A#08", child=True, is_active=False, has_consent=False)
    sign_in(client, "QS5A#08")
    assert "_auth_user_id" not in client.session


def test_the_database_refuses_an_active_child_without_consent():
    child = UserFactory(child=True)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET has_consent = %s WHERE id = %s", [False, child.pk])
    fresh = actions.create_account(by=None, username="QS5A#09", name="小满", age_class=User.AgeClass.CHILD)
    assert (fresh.is_active, fresh.has_consent) == (False, False)


def test_sign_in_refusal_and_sign_out_are_each_one_entry_with_the_address(person, client):
    sign_in(client, "lin.zhiyuan", "wrong password")
    sign_in(client, "lin.zhiyuan")
    client.post("/accounts/logout/")
    assert entries() == [
        ("accounts.sign_in", "system", False),
        ("accounts.sign_in", "lin.zhiyuan", True),
        ("accounts.sign_out", "lin.zhiyuan", True),
    ]
    assert set(Entry.objects.values_list("address", flat=True)) == {"127.0.0.1"}
    refused = Entry.objects.filter(succeeded=False).get()
    assert "lin" not in str(refused.details)


def test_a_password_is_changed_and_the_old_session_ends(person, client):
    client.force_login(person)
    change = {"oldpassword": PASSWORD, "password1": "brave new words", "password2": "brave new words"}
    assert client.post("/accounts/password/change/", change).status_code == 302
    person.refresh_from_db()
    assert person.check_password("brave new words")
    assert [action for action, _actor, _ok in entries()].count("accounts.set_password") == 1
    assert client.get("/my/").status_code == 302


def test_a_forgotten_password_is_reset_by_email_and_an_unknown_address_gets_the_same_page(person, client):
    known = client.post("/accounts/password/reset/", {"email": "lin@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "no@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    link = next(m for m in mail.outbox if m.to == ["lin@example.org"]).body
    path = "/accounts/password/reset/key/" + link.split("/accounts/password/reset/key/")[1].split()[0]
    page = client.get(path, follow=True)
    form_address = page.redirect_chain[-1][0]
    new = {"password1": "brave new words", "password2": "brave new words"}
    assert client.post(form_address, new).status_code == 302
    person.refresh_from_db()
    assert person.check_password("brave new words")
    assert ("accounts.set_password", "system", True) in entries()


def test_nobody_signs_up(client):
    client.post("/accounts/signup/", {"username": "me", "password1": "brave new words", "password2": "brave new words"})
    assert User.objects.count() == 0


@pytest.fixture
def shared_cache(settings):
    """The cache of the embedded default: a table that all server processes see."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"}
    }
    call_command("createcachetable")
    cache.clear()


def test_sixty_pupils_behind_one_address_all_get_in(shared_cache, client):
    for seat in range(1, 61):
        UserFactory(username=f"QS5A#{seat:02}", child=True)
    answers = []
    for seat in range(1, 61):
        client.logout()
        answers.append(sign_in(client, f"QS5A#{seat:02}").status_code)
    assert answers == [302] * 60


def test_guessing_one_persons_password_is_stopped_and_others_still_get_in(shared_cache, person, client):
    UserFactory(username="somebody")
    for _ in range(8):
        sign_in(client, "lin.zhiyuan", "wrong password")
    assert (
        "too many" in sign_in(client, "lin.zhiyuan").content.decode().lower() or "_auth_user_id" not in client.session
    )
    assert "_auth_user_id" not in client.session
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM cache_entries")
        assert cursor.fetchone()[0] > 0
    assert sign_in(client, "somebody").status_code == 302


@pytest.mark.parametrize("address", ["/_util/login/", "/en/_util/login/"])
def test_wagtails_own_door_lets_nobody_in_past_limits_and_log(person, client, address):
    response = client.post(f"{address}?next=/x/", {"username": "lin.zhiyuan", "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"].endswith("/accounts/login/?next=/x/")
    assert "_auth_user_id" not in client.session
