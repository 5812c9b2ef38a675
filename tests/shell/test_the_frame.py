"""Header, navigation, language and preferences on every page."""

import re

import pytest
from django.test import Client

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

# A page of the frame alone, open to everybody.
PLAIN = "/accounts/login/"


def text(client: Client, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def marked(html: str) -> list[tuple[str, str]]:
    """(address, aria-current) of every marked entry of the main navigation."""
    nav = re.search(r'<nav class="nav".*?</nav>', html, re.S)
    assert nav
    return re.findall(r'<a href="([^"]+)" aria-current="([^"]+)"', nav.group())


def test_navigation_marks_the_page_itself(client: Client) -> None:
    assert marked(text(client, "/verify/")) == [("/verify/", "page")]


def test_navigation_marks_the_section_of_a_page_below_it(client: Client) -> None:
    assert marked(text(client, "/learn/no-such-course/")) == [("/learn/", "true")]


def test_navigation_marks_the_section_in_english_with_english_addresses(client: Client) -> None:
    assert marked(text(client, "/en/learn/no-such-course/")) == [("/en/learn/", "true")]


def test_a_page_outside_all_sections_marks_none(client: Client) -> None:
    assert marked(text(client, PLAIN)) == []


def addresses(html: str, css_class: str) -> list[str]:
    found = re.search(rf'<nav class="{css_class}".*?</nav>', html, re.S)
    return re.findall(r'href="([^"]+)"', found.group()) if found else []


def test_a_visitor_sees_public_sections_and_no_bar_at_the_foot(client: Client) -> None:
    html = text(client, PLAIN)
    assert addresses(html, "nav") == ["/learn/", "/registry/", "/verify/", "/cases/", "/bulletins/"]
    assert addresses(html, "tabbar") == []


def test_a_learner_sees_my_learning_first_and_the_bar_at_the_foot(client: Client) -> None:
    client.force_login(UserFactory())
    html = text(client, "/accounts/password/change/")
    assert addresses(html, "nav")[0] == "/my/"
    assert addresses(html, "tabbar") == ["/my/", "/learn/", "/exams/", "/pledges/", "/inbox/"]


def test_sign_out_is_a_form_and_signs_out(client: Client) -> None:
    client.force_login(UserFactory())
    assert 'method="post" action="/accounts/logout/"' in text(client, "/accounts/password/change/")
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_only_staff_see_the_way_to_the_editor(client: Client) -> None:
    client.force_login(UserFactory())
    assert 'href="/admin/"' not in text(client, "/accounts/password/change/")
    client.force_login(UserFactory(is_staff=True))
    assert 'href="/admin/"' in text(client, "/accounts/password/change/")


def test_the_language_link_keeps_the_page_and_its_query(client: Client) -> None:
    assert 'href="/en/accounts/login/?next=/my/"' in text(client, "/accounts/login/?next=/my/")
    assert 'href="/accounts/login/?next=/my/"' in text(client, "/en/accounts/login/?next=/my/")


def test_the_page_is_in_the_language_of_its_address(client: Client) -> None:
    assert '<html lang="zh-Hans">' in text(client, PLAIN)
    assert "<h1>登录</h1>" in text(client, PLAIN)
    assert '<html lang="en">' in text(client, "/en/accounts/login/")
    assert "<h1>Sign in</h1>" in text(client, "/en/accounts/login/")


def test_theme_and_size_are_attributes_of_the_page(client: Client) -> None:
    client.cookies.load({"theme": "dark", "size": "xl"})
    assert '<html lang="zh-Hans" data-theme="dark" data-size="xl">' in text(client, PLAIN)


@pytest.mark.parametrize("forged", ['"><script>', "neon", "lg ", "LG", ""])
def test_a_tampered_cookie_is_ignored(client: Client, forged: str) -> None:
    client.cookies.load({"theme": forged, "size": forged})
    assert '<html lang="zh-Hans">' in text(client, PLAIN)


def test_choosing_a_size_sets_the_cookie_and_returns_to_the_page(client: Client) -> None:
    response = client.post("/preferences/", {"size": "lg", "next": "/verify/?code=A"})
    assert (response.status_code, response["Location"]) == (302, "/verify/?code=A")
    assert response.cookies["size"].value == "lg"
    assert response.cookies["size"]["samesite"] == "Lax"
    assert "theme" not in response.cookies


def test_choosing_the_standard_removes_the_cookie(client: Client) -> None:
    client.cookies.load({"theme": "dark"})
    response = client.post("/preferences/", {"theme": "", "next": "/"})
    assert response.cookies["theme"]["max-age"] == 0


def test_an_unknown_preference_is_not_stored(client: Client) -> None:
    response = client.post("/preferences/", {"theme": "neon", "colour": "red", "next": "/"})
    assert (response.status_code, list(response.cookies)) == (302, [])


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_a_preference_never_leads_to_another_host(client: Client, target: str) -> None:
    assert client.post("/preferences/", {"size": "lg", "next": target})["Location"] == "/"


def test_a_preference_cannot_be_set_by_a_link(client: Client) -> None:
    assert client.get("/preferences/?size=lg").status_code == 405


def test_preferences_work_without_a_token_and_public_pages_set_no_cookie() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert list(strict.get("/nothing/").cookies) == []
    assert strict.post("/preferences/", {"size": "lg", "next": "/"}).status_code == 302


def test_a_pupil_finds_a_self_assessment_where_others_find_exams(client: Client) -> None:
    client.force_login(UserFactory(age_class="minor"))
    bar = re.search(r'<nav class="tabbar".*?</nav>', text(client, "/exams/"), re.S)
    assert bar
    assert ("测评" in bar.group(), "考试" in bar.group()) == (True, False)
