"""Sessions end by themselves, but not in the middle of an exam; signing out leaves no copies."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import registry
from exams import queries
from exams.actions import start_attempt
from foundation.audit.models import Entry
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
START = timezone.now().replace(microsecond=0)


@pytest.fixture
def person(client):
    person = UserFactory(username="lin")
    with time_machine.travel(START, tick=False):
        client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
        client.get("/inbox/")
    return person


def look(client, minutes):
    with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
        return client.get("/inbox/").status_code


def ends():
    return [entry.details["why"] for entry in Entry.objects.filter(action="accounts.end_session")]


def test_a_session_lives_on_with_each_request_and_ends_after_an_hour_without(person, client):
    assert [look(client, minute) for minute in (50, 100, 150)] == [200, 200, 200]
    assert look(client, 211) == 302
    assert ends() == ["idle"]


def test_a_busy_session_ends_after_twelve_hours(person, client):
    assert {look(client, minute) for minute in range(0, 721, 40)} == {200}
    assert look(client, 740) == 302
    assert ends() == ["age"]


def test_the_person_is_told_on_the_sign_in_page(person, client):
    with time_machine.travel(START + timedelta(minutes=61), tick=False):
        assert "已自动退出" in client.get("/inbox/", follow=True).content.decode()


def test_who_is_busy_is_not_cut_off_and_ends_afterwards(person, client, monkeypatch):
    monkeypatch.setitem(registry.busy, "exams", lambda user: user.username == "lin")
    assert [look(client, minute) for minute in (100, 800)] == [200, 200]
    monkeypatch.setitem(registry.busy, "exams", lambda user: False)
    assert look(client, 870) == 302


def test_a_real_exam_keeps_its_session_until_its_time_is_over(client):
    entry = make.seat("exam", the_paper=make.paper(minutes=150))
    with time_machine.travel(START, tick=False):
        client.force_login(entry.enrolment.user)
        client.get("/inbox/")
        attempt = start_attempt(entry=entry)
    assert [look(client, minute) for minute in (70, 149)] == [200, 200]
    assert queries.is_sitting(entry.enrolment.user) is (timezone.now() < attempt.deadline)
    assert look(client, 230) == 302
    assert ends() == ["idle"]


def test_a_session_is_written_once_a_minute_not_with_each_request(person, client):
    look(client, 2)
    seen = client.session["seen_at"]
    look(client, 2.5)
    assert client.session["seen_at"] == seen
    look(client, 3.1)
    assert client.session["seen_at"] > seen


def test_a_new_session_key_at_sign_in(client):
    UserFactory(username="lin")
    client.get("/accounts/login/")
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    assert client.session.session_key != session.session_key


def test_a_new_password_and_a_closed_account_end_the_other_sessions(person, client):
    other = Client()
    other.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    new = {"oldpassword": PASSWORD, "password1": "brave new words", "password2": "brave new words"}
    client.post("/accounts/password/change/", new)
    assert other.get("/inbox/").status_code == 302
    other.post("/accounts/login/", {"login": "lin", "password": "brave new words"})
    assert other.get("/inbox/").status_code == 200
    person.refresh_from_db()
    person.is_active = False
    person.save()
    assert other.get("/inbox/").status_code == 302


@pytest.mark.parametrize("address", ["/accounts/logout/", "/en/accounts/logout/", "/admin/logout/"])
def test_signing_out_empties_the_cache_and_leaves_waiting_answers(person, client, address):
    assert "Clear-Site-Data" not in client.get("/inbox/").headers
    assert client.post(address).headers["Clear-Site-Data"] == '"cache"'


def test_cookies_are_of_this_host_alone_where_the_site_is_served_over_https(tmp_path):
    said = subprocess.run(
        [sys.executable, "-c", "from elearning.settings import base as b; print(b.SESSION_COOKIE_NAME,"
         " b.CSRF_COOKIE_NAME, b.DEVICE_COOKIE_NAME, b.SESSION_COOKIE_SECURE, b.STAFF_SECOND_FACTOR)"],
        env={**os.environ, "XINXING_HTTPS": "1", "XINXING_VAR_DIR": str(tmp_path)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "__Host-devices", "True", "True"]
