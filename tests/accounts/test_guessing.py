"""Wrong passwords lock an account, never an address or a person's own device; what opens it again."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import SignInFailures
from foundation.audit.models import Entry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
LOCKED = "连续输错次数过多"
NAMES = ["lin", "lin@example.org", "32058300001", "13812345678"]


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def person():
    return UserFactory(username="lin", employee_number="32058300001", email="lin@example.org", phone="13812345678")


def sign_in(client, login, password=PASSWORD):
    return client.post("/accounts/login/", {"login": login, "password": password})


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("typed", ["13812345678", "138 1234 5678", "+86 138-1234-5678", "008613812345678"])
def test_a_mobile_phone_signs_in_however_it_is_typed(person, client, typed):
    sign_in(client, typed)
    assert is_in(client)


@pytest.mark.parametrize("typed", ["-", "+86", "( )"])
def test_what_is_no_number_is_nobodys_phone(client, typed):
    UserFactory(phone=None)
    sign_in(client, typed)
    assert not is_in(client)


def test_eight_wrong_passwords_lock_whatever_name_is_typed_and_the_right_one_waits(person, client):
    for attempt in range(8):
        assert LOCKED not in sign_in(client, NAMES[attempt % 4], "wrong password").content.decode()
    for name in NAMES:
        assert LOCKED in sign_in(client, name).content.decode()
    assert not is_in(client)
    assert SignInFailures.objects.values_list("key", "count").get() == (f"user:{person.pk}", 8)
    details = [entry.details.get("locked", False) for entry in Entry.objects.filter(succeeded=False).order_by("pk")]
    assert details == [False] * 7 + [True]


def test_a_name_that_belongs_to_nobody_is_locked_alike(person):
    answers = {}
    for name in ("lin", "nobody"):
        client = Client()
        pages = [sign_in(client, name, "wrong password").content.decode() for _attempt in range(10)]
        answers[name] = [page[page.index('role="alert"') :][:260].replace(name, "…") for page in pages]
    assert answers["lin"] == answers["nobody"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_signinfailures")
        assert "nobody" not in str(cursor.fetchall())


def test_a_guesser_does_not_shut_the_person_out_of_the_own_device(person):
    own, foreign = Client(), Client()
    sign_in(own, "lin")
    own.post("/accounts/logout/")
    for _attempt in range(9):
        sign_in(foreign, "lin", "wrong password")
    sign_in(foreign, "lin")
    sign_in(own, "lin")
    assert (is_in(foreign), is_in(own)) == (False, True)


def test_a_device_is_known_for_its_person_only_and_until_a_new_password(person):
    own = Client()
    sign_in(own, "lin")
    own.post("/accounts/logout/")
    sign_in(own, UserFactory(username="other").username, "wrong password")
    person.set_password("brave new words")
    person.save()
    sign_in(own, "lin", "wrong password")
    assert sorted(SignInFailures.objects.values_list("user__username", "key")) == [
        ("lin", f"user:{person.pk}"),
        ("other", f"user:{person.pk + 1}"),
    ]
    own.cookies["devices"] = own.cookies["devices"].value[:-1] + "x"
    assert sign_in(own, "lin", "wrong password").status_code == 200


def test_two_colleagues_behind_one_address_are_counted_apart(person, client):
    UserFactory(username="somebody")
    for _attempt in range(9):
        sign_in(client, "lin", "wrong password")
    sign_in(client, "somebody")
    assert is_in(client)


def test_each_further_round_locks_twice_as_long_and_an_hour_at_most(person):
    now = timezone.now()
    pauses = []
    for attempt in range(8 * 6):
        actions.note_failed_sign_in(identifier="lin", key="user:1", user=person, at=now)
        if attempt % 8 == 7:
            pauses.append(SignInFailures.objects.get().locked_until - now)
    assert [pause // timedelta(minutes=1) for pause in pauses] == [5, 10, 20, 40, 60, 60]


def test_time_and_a_successful_sign_in_open_again(person, client):
    for _attempt in range(8):
        sign_in(client, "lin", "wrong password")
    with time_machine.travel(timezone.now() + timedelta(seconds=301)):
        sign_in(client, "lin")
    assert is_in(client)
    assert SignInFailures.objects.count() == 0


def test_a_new_password_by_email_unlocks(person, client):
    for _attempt in range(8):
        sign_in(client, "lin", "wrong password")
    client.post("/accounts/password/reset/", {"email": "lin@example.org"})
    path = "/accounts/password/reset/key/" + mail.outbox[0].body.split("/accounts/password/reset/key/")[1].split()[0]
    form = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "brave new words", "password2": "brave new words"})
    sign_in(client, "lin", "brave new words")
    assert is_in(client)


def test_the_command_unlocks_and_takes_lost_factors_away(person):
    actions.note_failed_sign_in(identifier="lin", key=f"user:{person.pk}", user=person)
    out = StringIO()
    call_command("unlock_account", "32058300001", second_factors="当面核实", stdout=out)
    assert out.getvalue() == "lin: unlocked\n0 second factors removed\n"
    assert SignInFailures.objects.count() == 0
    assert Entry.objects.get(action="accounts.reset_factors").details == {"reason": "当面核实", "count": 0}
    with pytest.raises(CommandError):
        call_command("unlock_account", "nobody")


def test_an_administrator_unlocks_and_a_reason_is_asked_for_where_factors_go(person, client):
    boss = UserFactory(username="boss", is_superuser=True)
    actions.note_failed_sign_in(identifier="lin", key=f"user:{person.pk}", user=person)
    address = f"/admin/people/{person.pk}/sign-in/"
    client.force_login(UserFactory())
    assert client.get(address).status_code in (302, 403)
    client.force_login(boss)
    assert "登录协助" in client.get("/admin/users/").content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"do": "reset"}).status_code == 200
    assert client.post(address, {"do": "unlock"}).status_code == 302
    assert client.post(address, {"do": "reset", "reason": "当面核实"}).status_code == 302
    assert SignInFailures.objects.count() == 0
    done = Entry.objects.filter(actor="boss").order_by("pk").values_list("action", flat=True)
    assert list(done) == ["accounts.unlock_account", "accounts.reset_factors"]


def test_old_counts_are_forgotten(person):
    long_ago = timezone.now() - timedelta(days=31)
    actions.note_failed_sign_in(identifier="lin", key="user:1", user=person, at=long_ago)
    assert (actions.prune_failures(), SignInFailures.objects.count()) == (1, 0)


def test_the_database_counts_one_key_once(person):
    actions.note_failed_sign_in(identifier="lin", key="user:1", user=person)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_signinfailures (key, count, last_at) SELECT key, 1, last_at"
                       " FROM accounts_signinfailures")  # fmt: skip
