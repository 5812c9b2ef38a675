"""The page where a letter is read and signed, as a browser sends it."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pledges import actions
from pledges.models import Letter, SigningEvidence
from programmes.models import StepCompletion
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


@pytest.fixture
def enrolled():
    return make.enrolment(user=UserFactory(name="林某"))


@pytest.fixture
def url(enrolled):
    return reverse("pledges:sign", args=[make.step_of(enrolled).public_id])


@pytest.fixture
def learner(client, enrolled):
    client.force_login(enrolled.user)
    return client


def answer(**changes):
    values = {
        "visibility": "named",
        "confirmed": "on",
        "typed_name": "林某",
        "way": "password",
        "password": PASSWORD,
    } | changes
    return {key: value for key, value in values.items() if value is not None}


def test_what_becomes_public_is_said_before_anything_is_asked(learner, url):
    page = learner.get(url).content.decode()
    assert page.index("会公开什么") < page.index('name="visibility"') < page.index('name="password"')
    assert all(clause in page for clause in make.CLAUSES)
    assert "checked" not in page.split("<form", 3)[-1].split("</form>")[0]


def test_signing_leads_to_the_letter_and_completes_the_step(learner, url, enrolled):
    response = learner.post(url, answer())
    letter = Letter.objects.get()
    assert response.headers["Location"] == reverse("pledges:own", args=[letter.public_id])
    assert StepCompletion.objects.filter(enrolment=enrolled).exists()
    assert "正在自动公示" in learner.get(response.headers["Location"]).content.decode()
    assert learner.get(url).headers["Location"] == response.headers["Location"]


def test_a_second_submit_signs_nothing_more(learner, url):
    first, second = (learner.post(url, answer()) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Letter.objects.count() == SigningEvidence.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"typed_name": "林"}, 400),
        ({"password": "wrong"}, 400),
        ({"password": None}, 400),
        ({"confirmed": None}, 400),
        ({"visibility": None}, 400),
        ({"visibility": "everyone"}, 400),
        ({"digest": "0" * 64}, 409),
        ({"read_after": "soon"}, 400),
    ],
)
def test_a_tampered_or_incomplete_form_signs_nothing(learner, url, changes, status):
    response = learner.post(url, answer(**changes))
    assert response.status_code == status
    assert 'role="alert"' in response.content.decode()
    assert not Letter.objects.exists()


def test_guessing_the_password_is_limited(learner, url):
    for _try in range(10):
        learner.post(url, answer(password="wrong"))
    response = learner.post(url, answer())
    assert "试的次数太多" in response.content.decode()
    assert not Letter.objects.exists()


def test_the_moment_of_reading_to_the_end_is_kept_only_if_it_can_be_true(learner, url):
    learner.get(url)
    learner.post(url, answer(read_after="999999999"))
    assert SigningEvidence.objects.get().read_to_end_at is None


def test_nobody_else_sees_or_signs_it(client, url, enrolled):
    assert client.get(url).headers["Location"].startswith("/accounts/login/")
    client.force_login(UserFactory())
    assert client.get(url).status_code == client.post(url, answer()).status_code == 404
    letter = make.signed(enrolled)
    assert client.get(reverse("pledges:own", args=[letter.public_id])).status_code == 404
    assert client.post(reverse("pledges:withdraw", args=[letter.public_id])).status_code == 404


def test_a_pupil_is_asked_for_nothing_but_a_yes(client):
    child = UserFactory(child=True)
    enrolled = make.enrolment(make.class_template(), user=child)
    client.force_login(child)
    address = reverse("pledges:sign", args=[make.step_of(enrolled).public_id])
    page = client.get(address).content.decode()
    assert all(f'name="{name}"' not in page for name in ("visibility", "typed_name", "password"))
    assert client.post(address, {"confirmed": "on", "visibility": "named"}).status_code == 302
    letter = Letter.objects.get()
    assert (letter.visibility, letter.evidence.method) == ("none", "session")


def test_a_step_without_a_reviewed_letter_says_so(client):
    enrolled = make.enrolment(make.template(ready=False))
    client.force_login(enrolled.user)
    response = client.get(reverse("pledges:sign", args=[make.step_of(enrolled).public_id]))
    assert response.status_code == 404
    assert "文字还没有定稿" in response.content.decode()


@pytest.mark.parametrize("letters", [1, 3])
def test_my_letters_takes_one_statement_of_ours(client, letters):
    user = UserFactory()
    for _n in range(letters):
        make.signed(make.enrolment(user=user))
    client.force_login(user)
    with CaptureQueriesContext(connection) as seen:
        page = client.get(reverse("pledges:mine")).content.decode()
    assert sum("pledges_" in query["sql"] for query in seen) == 1
    assert page.count('class="rowlink"') == letters


def test_the_evidence_holds_the_address_that_the_trusted_proxy_reports(learner, url, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    learner.post(url, answer(), REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.7"})
    evidence = actions.open_evidence(code=SigningEvidence.objects.get().letter.code, reason="test")
    assert (evidence["where"]["network"], evidence["extras"]["address"]) == ("203.0.113.0/24", "203.0.113.7")
