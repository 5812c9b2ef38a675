"""The order of the steps cannot be walked around: by address, by an old tab, by JSON or by two requests at once."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e import walks
from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site
from tests.e2e.visitor import Visitor

STEP = {
    "drill": "/exams/steps/{}/",
    "session": "/learn/steps/{}/",
    "exam": "/exams/steps/{}/",
    "pledge": "/pledges/steps/{}/",
    "practise": "/practice/steps/{}/",
}
POST = """async ({url, body, json}) => {
  const token = document.querySelector('input[name=csrfmiddlewaretoken]').value;
  const answer = await fetch(url, {
    method: 'POST', redirect: 'manual',
    headers: {'X-CSRFToken': token, 'Content-Type': json ? 'application/json' : 'application/x-www-form-urlencoded'},
    body: json ? JSON.stringify(body) : new URLSearchParams(body),
  });
  return [answer.status, await answer.text()];
}"""


def _post(person: Visitor, url: str, body: dict[str, Any] | None = None, *, json: bool = False) -> Any:
    """What the server says to a POST that a script in the page sends: [status, text]; 0 is a redirect."""
    return person.page.evaluate(POST, {"url": url, "body": body or {}, "json": json})


def test_later_steps_are_refused_by_address_by_form_and_by_json(site: Site, meet: Meet, viewport: str) -> None:
    username = {"phone": "or00001", "desktop": "or00002"}[viewport]
    steps = site.insider.ask("civil_servant", username=username, name="辛未至")
    person = meet(**VIEWPORTS[viewport])
    person.sign_in(username, PASSWORD)
    for kind, address in STEP.items():
        person.is_refused(address.format(steps[kind][0]), 403)
        expect(person.page.locator(".todo-list li").first).to_be_visible()
    for kind, suffix in (("drill", "start/"), ("exam", "start/"), ("pledge", ""), ("practise", "")):
        status, text = _post(person, STEP[kind].format(steps[kind][0]) + suffix, {"sentence": "已经做到了。"})
        assert (status, 'class="todo-list"' in text) == (403, True), kind
    status, text = _post(person, STEP["practise"].format(steps["practise"][0]), {"a": 1}, json=True)
    assert (status, '"error": "step-locked"' in text) == (403, True)
    response = person.page.request.get(f"/api/v1/my/steps/{steps['exam'][0]}")
    assert (response.status, response.json()["error"]) == (403, "step-locked")
    assert site.insider.ask("completed", username=username) == []
    assert site.insider.ask("attempts_of", username=username) == 0


def test_a_step_of_somebody_else_does_not_exist(site: Site, meet: Meet) -> None:
    steps = site.insider.ask("pupil", seat=48, name="厉小满")
    person = meet()
    person.sign_in("gw00003", PASSWORD)
    for kind, address in (("survey", "/exams/steps/{}/"), ("pledge", "/pledges/steps/{}/")):
        person.is_refused(address.format(steps[kind][0]), 404)
    person.is_refused("/practice/steps/NOSUCH22/", 404)


def test_a_tab_from_before_the_withdrawal_is_refused_afterwards(site: Site, meet: Meet) -> None:
    steps = site.insider.ask("civil_servant", username="or00003", name="钟离安")
    site.insider.ask("bring", username="or00003", to="exam")
    person = meet()
    person.sign_in("or00003", PASSWORD)
    person.goto(f"/exams/steps/{steps['exam'][0]}/")
    site.insider.ask("withdraw", username="or00003")
    person.expected_statuses.add(404)
    person.page.locator("main form .btn--go").click()
    person.look()
    expect(person.page.locator("main h1")).to_be_visible()
    expect(person.page.locator("main a[href='/my/']")).to_be_visible()
    assert site.insider.ask("attempts_of", username="or00003") == 1  # the drill, and no exam


def test_a_lesson_open_since_before_the_programme_closed_is_refused_afterwards(site: Site, meet: Meet) -> None:
    steps = site.insider.ask("programme_of_ones_own", username="or00004", name="常有信")
    person = meet(java_script_enabled=False)
    person.sign_in("or00004", PASSWORD)
    person.goto(f"/learn/steps/{steps['course'][0]}/")
    site.insider.ask("close", username="or00004")
    person.expected_statuses.add(403)
    with person.page.expect_navigation() as navigation:
        person.page.locator(".section-end form button").first.click()
    assert navigation.value.status == 403
    expect(person.page.locator("main h1")).to_be_visible()
    assert site.insider.ask("completed", username="or00004") == []


def test_two_starts_at_once_are_one_attempt(site: Site, meet: Meet) -> None:
    steps = site.insider.ask("civil_servant", username="or00005", name="成双喜")
    site.insider.ask("bring", username="or00005", to="exam")
    before = site.insider.ask("attempts_of", username="or00005")
    person = meet()
    person.sign_in("or00005", PASSWORD)
    person.goto(f"/exams/steps/{steps['exam'][0]}/")
    url = f"/exams/steps/{steps['exam'][0]}/start/"
    both = person.page.evaluate(f"async (data) => {{ const go = {POST}; return Promise.all([go(data), go(data)]); }}", {
        "url": url, "body": {}, "json": False,
    })  # fmt: skip
    assert [status for status, _text in both] == [0, 0]
    assert site.insider.ask("attempts_of", username="or00005") == before + 1


def test_two_tabs_sign_one_letter(site: Site, meet: Meet) -> None:
    steps = site.insider.ask("civil_servant", username="or00006", name="左丘诺")
    site.insider.ask("bring", username="or00006", to="pledge")
    person = meet()
    person.sign_in("or00006", PASSWORD)
    person.goto(f"/pledges/steps/{steps['pledge'][0]}/")
    old = person.page.context.new_page()
    old.goto(f"/pledges/steps/{steps['pledge'][0]}/")
    walks.sign_letter(person, "左丘诺")
    second = Visitor(old, site.address)
    letter = walks.sign_letter(second, "左丘诺")
    assert letter == site.insider.ask("letter_of", username="or00006")
    assert site.insider.ask("letters_of", username="or00006") == 1
    assert second.complaints == []


def test_an_exam_continued_on_another_page_no_longer_saves_from_the_first(site: Site, meet: Meet) -> None:
    steps = site.insider.ask("civil_servant", username="or00007", name="双页开")
    site.insider.ask("bring", username="or00007", to="exam")
    person = meet()
    person.sign_in("or00007", PASSWORD)
    person.goto(f"/exams/steps/{steps['exam'][0]}/")
    person.page.locator("main form .btn--go").click()
    person.look()
    other = person.page.context.new_page()
    with other.expect_response("**/pen/"):
        other.goto(person.page.url)
    person.expected_statuses.add(409)
    values = site.insider.ask("right_answers", attempt=walks.attempt_id(person.page))
    walks.fill_question(person.page.locator("fieldset.question").first, values[0])
    expect(person.page.locator("[data-trouble]")).to_be_visible()
    expect(person.page.locator("fieldset.question").first).to_have_attribute("disabled", "")
    person.look()
    expect(other.locator("#sheet [data-count]")).to_have_text(re.compile(r"^0/"))
