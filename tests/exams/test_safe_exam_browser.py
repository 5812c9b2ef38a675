"""Safe Exam Browser: keys, hashes, and the file of settings."""

import hashlib
import plistlib

import pytest
from django.urls import reverse

from exams import actions, queries
from exams.models import Attempt, SittingRules
from exams.queries.seb import config_key, hash_of, keys_in, seb_settings
from tests.exams.conftest import rules_given

pytestmark = pytest.mark.django_db
KEY, OTHER = "ab" * 32, "cd" * 32


def headers(url, config="", exam=""):
    """What the browser sends to the test server for `url` with these keys."""
    absolute = f"http://testserver{url}"
    return {
        "X-SafeExamBrowser-ConfigKeyHash": hash_of(absolute, config) if config else "",
        "X-SafeExamBrowser-RequestHash": hash_of(absolute, exam) if exam else "",
    }


@pytest.fixture
def need(entry, client):
    client.force_login(entry.enrolment.user)
    paper = queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk).paper

    def set_keys(**keys):
        rules_given(paper, seb_required=True, **keys)

    return set_keys


def start(client, entry, **keys):
    url = reverse("exams:start", args=[entry.step.public_id])
    return client.post(url, headers=headers(url, **keys)).status_code


def test_the_hash_is_that_of_the_address_without_its_fragment_and_the_key():
    expected = hashlib.sha256(f"https://a.example/x?y=1{KEY}".encode()).hexdigest()
    assert hash_of("https://a.example/x?y=1#part", KEY) == expected


def test_only_the_right_keys_begin(client, entry, need):
    need(seb_config_keys=f"{OTHER}\n{KEY}", seb_exam_keys=OTHER)
    assert start(client, entry) == 403
    assert start(client, entry, config=KEY) == 403
    assert start(client, entry, exam=OTHER) == 403
    assert start(client, entry, config="ef" * 32, exam=OTHER) == 403
    assert not Attempt.objects.exists()
    assert start(client, entry, config=KEY, exam=OTHER) == 302


def test_the_questions_are_behind_the_same_door(client, entry, need):
    need(seb_config_keys=KEY)
    assert start(client, entry, config=KEY) == 302
    url = reverse("exams:attempt", args=[Attempt.objects.get().public_id])
    assert client.get(url).status_code == 403
    assert client.get(url, headers=headers("/elsewhere/", config=KEY)).status_code == 403
    assert client.get(url, headers=headers(url, config=KEY)).status_code == 200


def test_without_keys_the_settings_that_we_offer_are_accepted(client, entry, need):
    need()
    assert start(client, entry, config=KEY) == 403
    assert start(client, entry, config=config_key(seb_settings())) == 302


def test_nothing_is_asked_without_the_rule(client, entry, attempt):
    assert queries.seb_allows(SittingRules(), None)
    actions.submit_attempt(by=entry.enrolment.user, attempt_id=attempt.public_id)
    rules_given(attempt.paper, seb_required=True)
    with pytest.raises(queries.NotAdmitted, match="seb"):
        actions.start_attempt(entry=entry)


def test_the_config_key_is_made_as_the_browser_s_developers_say():
    values = {"startURL": "https://a.example/b", "originatorVersion": "x", "allowQuit": True, "Zoom": 1, "alpha": ""}
    plain = '{"allowQuit":true,"alpha":"","startURL":"https://a.example/b","Zoom":1}'
    assert config_key(values) == hashlib.sha256(plain.encode()).hexdigest()


def test_the_file_of_settings_says_what_its_key_stands_for(client):
    page = client.get(reverse("exams:seb-config"))
    assert (page["Content-Type"], plistlib.loads(page.content)) == ("application/seb", seb_settings())
    assert not any(c in str(v) for v in seb_settings().values() for c in '"\\\n')
    assert client.get(reverse("exams:seb-quit")).status_code == 200
    assert seb_settings()["quitURL"].endswith(reverse("exams:seb-quit"))


def test_a_line_that_is_no_key_is_refused():
    assert keys_in(f" {KEY.upper()} \n\n{OTHER}") == [KEY, OTHER]
    with pytest.raises(ValueError, match="short"):
        keys_in(f"{KEY}\nshort")
