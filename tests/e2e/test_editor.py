"""Authors, reporters and their reviewers in the Wagtail admin: nothing is public before a second pair of eyes."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Meet, Site
from tests.e2e.visitor import Visitor

TEXT = "名单、公示和内部记录，各看一遍。"
COURSE = "credit-repair"
LESSON = "第六课：修复以后的第一年"
CASE = "建筑市场信用分级试行"
REASON = "请写明依据的文号。"
APPROVE = "button[data-workflow-action-name=approve]:not([data-workflow-action-modal-url])"


def _at_work(meet: Meet, username: str) -> Visitor:
    """Somebody signed in and in the admin."""
    person = meet()
    person.sign_in(username, PASSWORD)
    person.expected_statuses.add(400)  # Wagtail tries to save half-written pages by itself, and may not yet
    return person


def _footer(person: Visitor, action: str) -> None:
    """Press one of the actions at the foot of the editing page; they unfold upwards. Not while Wagtail saves a new page
    by itself: the page would be made twice."""
    person.wait_for_posts()
    page = person.page
    button = page.locator(f"footer {action}")
    if not button.is_visible():
        page.locator("footer button[aria-expanded]").first.click()
    button.click()


def _add_block(page: Page, path: str, place: int | None = None) -> None:
    """Add a block to the stream named `path`: the one at `place` of the menu; of one kind there is no choice."""
    page.locator(f"[data-contentpath={path}] button.c-sf-add-button").first.click()
    if place is not None:
        page.locator(".w-combobox__option").nth(place).click()


def test_an_author_writes_a_lesson_and_the_leading_group_releases_it(site: Site, meet: Meet) -> None:
    author = _at_work(meet, "author")
    page = author.page
    page.goto(f"/admin/pages/add/courses/lessonpage/{site.insider.ask('page_id', slug=COURSE)}/")
    page.locator("input[name=title]").fill(LESSON)
    page.locator("[name=summary]").fill("修复不是终点。")
    _add_block(page, "body")
    page.locator("input[name=body-0-value-heading]").fill("先看三件事")
    _add_block(page, "content", 0)
    page.locator("[data-contentpath=content] [contenteditable=true]").first.click()
    page.keyboard.insert_text(TEXT)
    expect(page.locator("input[name=body-0-value-content-0-value]")).to_have_value(re.compile(TEXT))
    assert page.locator("footer [name=action-publish]").count() == 0
    _footer(author, "[name=action-submit]")
    expect(page.locator(".messages .success")).to_contain_text(LESSON)
    pk = site.insider.ask("page_id", title=LESSON)
    stranger = meet()
    stranger.goto(f"/courses/{COURSE}/")
    expect(stranger.page.get_by_text(LESSON)).to_have_count(0)

    leading = _at_work(meet, "leading")
    leading.page.goto(f"/admin/pages/{pk}/edit/")
    expect(leading.page.locator("input[name=title]")).to_have_value(LESSON)
    expect(leading.page.locator("[data-contentpath=content] [contenteditable=true]").first).to_have_text(TEXT)
    _footer(leading, APPROVE)
    expect(leading.page.locator(".messages .success")).to_contain_text(LESSON)
    stranger.goto(f"/courses/{COURSE}/")
    expect(stranger.page.locator("main").get_by_text(LESSON)).to_be_visible()


def test_a_case_is_returned_with_a_reason_mended_and_accepted(site: Site, meet: Meet) -> None:
    reporter = _at_work(meet, "reporter")
    page = reporter.page
    page.goto(f"/admin/pages/add/cms/casepage/{site.insider.ask('page_id', slug='cases')}/")
    page.locator("input[name=title]").fill(CASE)
    page.locator("[name=intro]").fill("信用好的少跑一趟。")
    page.locator("select[name=kind]").select_option("incentive")
    page.locator("select[name=department]").select_option(index=1)
    _add_block(page, "basis")
    page.locator("input[name=basis-0-value-name]").fill("建筑市场信用管理办法")
    page.locator("[name=measures]").fill("资质年检免交重复材料。")
    assert page.locator("footer [name=action-publish]").count() == 0
    _footer(reporter, "[name=action-submit]")
    expect(page.locator(".messages .success")).to_contain_text(CASE)
    pk = site.insider.ask("page_id", title=CASE)

    office = _at_work(meet, "office")
    office.page.goto(f"/admin/pages/{pk}/edit/")
    _footer(office, "button[data-workflow-action-name=reject]")
    dialog = office.page.locator(".modal.in, [role=dialog]:visible").filter(has=office.page.locator("[name=comment]"))
    dialog.locator("[name=comment]").fill(REASON)
    dialog.get_by_role("button", name="写明原因退回").click()
    expect(office.page.locator(".messages .success")).to_contain_text(CASE)

    reporter.goto("/inbox/")
    expect(page.locator("main")).to_contain_text(REASON)
    page.goto(f"/admin/pages/{pk}/edit/")
    page.locator("input[name=basis-0-value-number]").fill("建市〔2017〕241号")
    _footer(reporter, "[name=action-submit]")
    expect(page.locator(".messages .success")).to_contain_text(CASE)
    stranger = meet()
    stranger.goto("/cases/")
    expect(stranger.page.get_by_text(CASE)).to_have_count(0)

    office.page.goto(f"/admin/pages/{pk}/edit/")
    _footer(office, APPROVE)
    expect(office.page.locator(".messages .success")).to_contain_text(CASE)
    stranger.goto("/cases/")
    stranger.page.locator("main a", has_text=CASE).first.click()
    stranger.look()
    expect(stranger.page.locator("main h1")).to_contain_text(CASE)
    expect(stranger.page.locator("main")).to_contain_text("建市〔2017〕241号")
