"""A civil servant walks learn → train → test → pledge → practise, and the letter is public a moment later."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import walks
from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site
from tests.e2e.visitor import Visitor

DEEDS = ("答应周五前答复的咨询，周四下午打了电话。", "报表里填错一个数，当天更正并告诉了用数的科室。")
LETTER_SECONDS = 30


def test_on_a_phone_all_five_steps_from_the_first_lesson_on(site: Site, meet: Meet) -> None:
    person = meet(**VIEWPORTS["phone"])
    person.sign_in("gw00001", PASSWORD)
    steps = site.insider.ask("steps", username="gw00001")
    for number, course in enumerate(steps["course"]):
        walks.take_course(person, course, scroll_first=number == 0)
    _walk_on(site, meet, person, "gw00001", steps)


def test_on_a_desktop_all_five_steps_from_the_last_lesson_on(site: Site, meet: Meet) -> None:
    site.insider.ask("read_all_but_the_last_lesson", username="gw00002")
    person = meet(**VIEWPORTS["desktop"])
    person.sign_in("gw00002", PASSWORD)
    steps = site.insider.ask("steps", username="gw00002")
    assert site.insider.ask("completed", username="gw00002") == ["course", "course"]
    walks.open_next_step(person)
    walks.read_lesson_with_scrolling(person)
    _walk_on(site, meet, person, "gw00002", steps)


def _walk_on(site: Site, meet: Meet, person: Visitor, username: str, steps: dict[str, list[str]]) -> None:
    """From the end of the courses to the end of the programme."""
    assert site.insider.ask("completed", username=username) == ["course"] * 3
    name = site.insider.ask("name_of", username=username)
    walks.open_next_step(person)
    walks.drill_until_mastery(person, site.insider)
    _attend_a_session(site, meet, person, username, name)
    walks.open_next_step(person)
    walks.sit_exam(person, site.insider)
    walks.open_next_step(person)
    public_id = walks.sign_letter(person, name, twice=True)
    assert person.page.goto("/pledges/") is not None
    person.look()
    expect(person.page.locator("tbody tr")).to_have_count(1)
    _find_the_letter(site, meet, person, public_id, name)
    _practise(site, meet, person, username)
    assert site.insider.ask("completed", username=username) == [
        *("course", "course", "course", "drill", "session", "exam", "pledge", "practise")
    ]
    person.goto("/my/")
    expect(person.page.locator(".slip.is-done")).to_have_count(5)
    _take_the_certificate(site, meet, person, username, name)


def _take_the_certificate(site: Site, meet: Meet, person: Visitor, username: str, name: str) -> None:
    """It is there by itself; a stranger reads the name only after the learner has shown it."""
    number = site.insider.ask("certificate_of", username=username)
    person.goto("/certificates/")
    person.page.locator(f"a[href$='/certificates/{number}/']").click()
    person.look()
    size = person.page.viewport_size
    assert size is not None
    stranger = meet(**size)
    stranger.goto(f"/c/{number}")
    expect(stranger.page.get_by_text(name)).to_have_count(0)
    person.page.locator("button[name=shown]").click()
    stranger.goto(f"/c/{number}")
    expect(stranger.page.get_by_text(name)).to_have_count(1)


def _attend_a_session(site: Site, meet: Meet, person: Visitor, username: str, name: str) -> None:
    """The learner signs up; the organiser ticks attendance with a browser of their own."""
    walks.open_next_step(person)
    person.page.locator("form[action$='/sign-up/'] button").first.click()
    expect(person.page.locator(".tag--info")).to_be_visible()
    person.look()
    organiser = meet(**VIEWPORTS["desktop"])
    organiser.sign_in("exams", PASSWORD)
    organiser.goto(f"/learn/sessions/{site.insider.ask('coming_session', username=username)}/attendance/")
    row = organiser.page.locator("tr", has_text=name)
    row.locator("button").click()
    expect(row.locator(".tag--ok")).to_be_visible()
    organiser.look()


def _find_the_letter(site: Site, meet: Meet, signer: Visitor, public_id: str, name: str) -> None:
    """Anybody finds it by name and by code, reads it and saves the PDF."""
    size = signer.page.viewport_size
    assert size is not None
    reader = meet(**size)
    page = reader.page
    _wait_until_public(reader, public_id)
    reader.goto("/registry/")
    page.locator("form.filters input[name=q]").fill(name)
    page.locator("form.filters button").click()
    expect(page.locator("#result")).to_contain_text(name)
    reader.look()
    page.locator(f'a[href$="/l/{public_id}"]').first.click()
    page.wait_for_url(f"**/l/{public_id}")
    reader.look()
    expect(page.locator("article.letter")).to_contain_text(name)
    reader.goto("/verify/")
    page.locator("input[name=code]").fill(f"{public_id[:4]}-{public_id[4:8]}-{public_id[8:]}".lower())
    page.locator("main form[role=search] .btn--go").click()
    page.wait_for_url(f"**/v/{public_id}")
    expect(page.locator("main h1")).to_be_visible()
    reader.look()
    _save_the_pdf(reader, public_id)


def _wait_until_public(reader: Visitor, public_id: str) -> None:
    reader.expected_statuses.add(404)
    for _second in range(LETTER_SECONDS):
        if reader.page.request.get(f"/l/{public_id}").ok:
            return
        reader.page.wait_for_timeout(1000)
    pytest.fail(f"the letter was not public after {LETTER_SECONDS} seconds")


def _save_the_pdf(reader: Visitor, public_id: str) -> None:
    """Made by the same background worker; without WeasyPrint's libraries the page says that it waits."""
    try:
        import weasyprint  # noqa: F401, PLC0415
    except OSError:
        return
    for _second in range(90):
        response = reader.page.request.get(f"/l/{public_id}.pdf")
        if response.headers.get("content-type") == "application/pdf":
            assert response.body().startswith(b"%PDF-")
            return
        reader.page.wait_for_timeout(1000)
    pytest.fail("no PDF after 90 seconds")


def _practise(site: Site, meet: Meet, person: Visitor, username: str) -> None:
    """Two deeds recorded, confirmed together by a coordinator."""
    page = person.page
    walks.open_next_step(person)
    for number, deed in enumerate(DEEDS, 1):
        page.locator("input[name=promise_key]").first.check(force=True)
        page.locator("textarea[name=sentence]").fill(deed)
        page.locator("input[name=happened_on]").fill(site.insider.ask("today"))
        page.locator("form[enctype] button[type=submit]").click()
        expect(page.locator(".todo-list .t")).to_have_count(number)
        person.look()
    size = page.viewport_size
    assert size is not None
    coordinator = meet(**size)
    coordinator.sign_in(site.insider.ask("leader_username", username=username), PASSWORD)
    coordinator.goto("/practice/confirm/")
    for deed in DEEDS:
        row = coordinator.page.locator("ul.chase li", has_text=site.insider.ask("name_of", username=username))
        row.filter(has_text=deed).locator("input[name=deed]").check(force=True)
    coordinator.page.locator("form[data-confirm] .btn--go").click()
    expect(coordinator.page.get_by_text(re.compile("2"))).not_to_have_count(0)
    coordinator.look()
