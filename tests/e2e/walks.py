"""How a person does each of the five steps with a browser."""

import re
from typing import Any

from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.insider import Insider
from tests.e2e.visitor import Visitor

PASSWORD = "xinxing-demo"


FORMS = """forms => forms.map(form => ({
    address: form.action,
    fields: [...form.querySelectorAll("input[type=hidden]")].map(input => [input.name, input.value]),
    choices: form.querySelectorAll("input[type=radio]").length,
}))"""


def plain_forms(forms: Locator) -> list[dict[str, Any]]:
    """The forms as a browser without scripts would send them, read at once: the page may go on by itself."""
    forms.page.wait_for_load_state()
    found: list[dict[str, Any]] = forms.evaluate_all(FORMS)
    return found


def send(page: Page, form: dict[str, Any], **more: str) -> None:
    """Send one of `plain_forms`, and stay on the page."""
    fields = {**dict(form["fields"]), **more}
    response = page.context.request.post(form["address"], form=fields, headers={"Referer": page.url})
    assert response.ok, f"{form['address']}: {response.status}"


def reload(page: Page) -> None:
    """Load the page anew, even if its script does so in the same moment."""
    try:
        page.reload()
    except Error as error:
        if "ERR_ABORTED" not in str(error):
            raise
        page.wait_for_load_state()


def open_next_step(person: Visitor) -> None:
    """From “my learning” into the step that comes next."""
    person.goto("/my/")
    person.page.locator("main .cols a.btn--go").first.click()
    person.look()


def read_lesson_with_scrolling(person: Visitor) -> None:
    """Bring every section's end into view until the script has noted it, and answer the question by mouse."""
    page = person.page
    for number in range(page.locator(".section-end").count()):
        end = page.locator(".section-end").nth(number)
        end.scroll_into_view_if_needed()
        expect(end).to_have_attribute("data-read", "")
    answer_questions(person)


def answer_questions(person: Visitor) -> None:
    """Choose until the answer is right."""
    page = person.page
    expect(page.locator("#lesson section.q-card")).not_to_have_count(0)
    for number in range(page.locator("#lesson section.q-card").count()):
        card = page.locator("#lesson section.q-card").nth(number)
        for choice in range(card.locator("input[type=radio]").count()):
            if card.locator("button").count() == 0:
                break
            card.locator("label.opt").nth(choice).click()
            with page.expect_navigation():
                card.locator("button").click()
            expect(card.locator(".feedback")).to_be_visible()
        expect(card.locator(".feedback:not(.is-miss)")).to_be_visible()
    person.look()


def read_lesson(person: Visitor) -> None:
    """Read by the buttons, sent as plain forms; the page is looked at before and after."""
    page = person.page
    person.look()
    sections = plain_forms(page.locator(".section-end form"))
    questions = plain_forms(page.locator("#lesson section.q-card form"))
    for form in sections:
        send(page, form)
    for form in questions:
        for choice in range(form["choices"]):
            send(page, form, choice=str(choice))
    reload(page)
    expect(page.locator("#end .notice.is-ok")).to_be_visible()
    person.look()


def take_course(person: Visitor, step: str, *, scroll_first: bool = False) -> None:
    """All lessons that are left of a course, one after the other."""
    page = person.page
    for _lesson in range(5):
        page.goto(f"/learn/steps/{step}/")
        if page.locator("#end .notice.is-ok").count():
            return
        if scroll_first:
            person.look()
            read_lesson_with_scrolling(person)
            expect(page.locator("#end .notice.is-ok")).to_be_visible()
            scroll_first = False
        else:
            read_lesson(person)


def fill_question(card: Locator, value: Any) -> None:
    """Give `value` in the fields of one question."""
    match card.get_attribute("data-type"):
        case "single" | "survey":
            card.locator(f'input[value="{value}"]').check(force=True)
        case "true_false":
            card.locator(f'input[value="{str(value).lower()}"]').check(force=True)
        case "multiple":
            for each in value:
                card.locator(f'input[value="{each}"]').check(force=True)
        case "blank":
            for number, text in enumerate(value):
                card.locator("input.input").nth(number).fill(text)
        case "ordering":
            for place, option in enumerate(value, 1):
                card.locator(f'select[data-option="{option}"]').select_option(str(place))
        case "matching":
            for option, other in value.items():
                card.locator(f'select[data-option="{option}"]').select_option(other)
        case _:
            card.locator("textarea").fill(value)


def attempt_id(page: Page) -> str:
    """The attempt whose page this is, loaded to its end."""
    page.wait_for_load_state()
    found = re.search(r"/exams/attempts/([^/]+)/", page.url)
    assert found, page.url
    return found[1]


def drill_until_mastery(person: Visitor, insider: Insider, *, slip_first: bool = True) -> None:
    """From the drill's page to mastery; the first answer is wrong on purpose."""
    page = person.page
    page.locator("main form .btn--go").click()
    person.look()
    attempt = attempt_id(page)
    for _question in range(40):
        card = page.locator("fieldset.question")
        if slip_first and card.get_attribute("data-type") == "single":
            right = insider.ask("right_drill_answer", attempt=attempt)
            wrong = card.locator(f'input:not([value="{right}"])').first.get_attribute("value")
            fill_question(card, wrong)
            slip_first = False
        else:
            fill_question(card, insider.ask("right_drill_answer", attempt=attempt))
        page.locator("main form .btn--go").click()
        expect(page.locator("section.feedback")).to_be_visible()
        person.look()
        onward = page.locator("main .row a.btn--go")
        is_over = "/result/" in str(onward.get_attribute("href"))
        onward.click()
        if is_over:
            person.look()
            return
        expect(page.locator("fieldset.question")).to_be_visible()
    raise AssertionError("forty answers and no mastery")


def kept_answers(page: Page) -> list[dict[str, Any]]:
    """The answers that this browser keeps because the server has not named them yet."""
    return list(
        page.evaluate(
            """() => new Promise((done, fail) => {
                const request = indexedDB.open("xinxing-exams", 1);
                request.onupgradeneeded = () => {
                    request.result.createObjectStore("answers", { keyPath: "id" }).createIndex("attempt", "attempt");
                };
                request.onerror = () => fail(request.error);
                request.onsuccess = () => {
                    const rows = request.result.transaction("answers").objectStore("answers").getAll();
                    rows.onsuccess = () => { request.result.close(); done(rows.result); };
                };
            })"""
        )
    )


def wait_until_all_is_saved(page: Page) -> None:
    """Until the server has named every answer and the device keeps none."""
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d已存到服务器$"))
    for _tenth in range(50):
        if not kept_answers(page):
            return
        page.wait_for_timeout(100)
    raise AssertionError(kept_answers(page))


def sit_exam(person: Visitor, insider: Insider) -> None:
    """From the exam's page to the result: one question after the other, answers saved by the script."""
    page = person.page
    page.locator("main form .btn--go").click()
    person.look()
    attempt = attempt_id(page)
    source = page.content()
    assert [text for text in insider.ask("explanations", attempt=attempt) if text in source] == []
    values = insider.ask("right_answers", attempt=attempt)
    for number, value in enumerate(values):
        card = page.locator("fieldset.question").nth(number)
        expect(card).to_be_visible()
        fill_question(card, value)
        if number + 1 < len(values):
            page.locator("[data-next]").click()
    total = f"{len(values)}/{len(values)}"
    expect(page.locator("#sheet [data-count]")).to_have_text(total)
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    wait_until_all_is_saved(page)
    person.look()
    page.reload()  # what the script saved is on the server
    expect(page.locator("#sheet [data-count]")).to_have_text(total)
    page.locator("[data-submit-button]").click()
    page.wait_for_url("**/submit/")
    person.look()
    page.locator("main form .btn--go").click()
    page.wait_for_url("**/result/")
    person.look()
    expect(page.locator(".score .big")).to_have_text("100")


def sign_letter(
    person: Visitor, name: str, *, visibility: str = "named", twice: bool = False, scripted: bool = True
) -> str:
    """From the letter's page to the signed letter; returns its public id. Without script no promise is shown yet."""
    page = person.page
    page.locator("[data-letter-end]").scroll_into_view_if_needed()
    page.locator(f'input[name=visibility][value="{visibility}"]').check(force=True)
    page.locator("input[name=confirmed]").check(force=True)
    page.locator("input[name=typed_name]").fill(name)
    promise = page.locator("textarea[name=promise]")
    if promise.count():
        promise.fill("每周三下午到窗口坐班")
    if promise.count() and scripted:
        expect(page.locator("[data-promise-text]")).to_have_text("每周三下午到窗口坐班")
    page.locator("input[name=password]").fill(PASSWORD)
    button = page.locator("button.btn--sign")
    button.dblclick() if twice else button.click()
    page.wait_for_url("**/pledges/letters/**")
    person.look()
    return page.url.rstrip("/").split("/")[-1]
