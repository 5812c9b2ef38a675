"""Everything a learner must do works as plain forms."""

from playwright.sync_api import expect

from tests.e2e import walks
from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site


def test_a_lesson_a_drill_question_an_exam_and_a_letter(site: Site, meet: Meet, viewport: str) -> None:
    username, name = {"phone": ("nj00001", "向晚亭"), "desktop": ("nj00002", "计长风")}[viewport]
    steps = site.insider.ask("civil_servant", username=username, name=name)
    person = meet(**VIEWPORTS[viewport], java_script_enabled=False)
    page = person.page
    person.sign_in(username, PASSWORD)
    person.goto(f"/learn/steps/{steps['course'][0]}/")
    for left in range(page.locator(".section-end form").count(), 0, -1):
        expect(page.locator(".section-end form")).to_have_count(left)
        page.locator(".section-end form button").first.click()
    expect(page.locator(".section-end form")).to_have_count(0)
    walks.answer_questions(person)
    expect(page.locator("#end .notice.is-ok")).to_be_visible()

    site.insider.ask("bring", username=username, to="exam")
    walks.open_next_step(person)
    page.locator("main form .btn--go").click()
    attempt = walks.attempt_id(page)
    for card, value in zip(
        page.locator("fieldset.question").all(), site.insider.ask("right_answers", attempt=attempt), strict=True
    ):
        walks.fill_question(card, value)
    page.locator("[data-save]").click()
    expect(page.locator("[data-saved]")).not_to_be_empty()
    person.look()
    page.locator("[data-submit-button]").click()
    person.look()
    page.locator("main form .btn--go").click()
    expect(page.locator(".score .big")).to_have_text("100")
    person.look()

    walks.open_next_step(person)
    walks.sign_letter(person, name, scripted=False)
    assert site.insider.ask("completed", username=username)[-1] == "pledge"
