"""A pupil walks learn → self-assessment → classroom promise → practise, and nothing of it is ever public."""

from urllib.parse import quote

from playwright.sync_api import expect

from tests.e2e import walks
from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site
from tests.e2e.visitor import Visitor

PUPILS = {"phone": (41, "穆晓棠"), "desktop": (42, "桑予舟")}
CLASS = "QP5A"
CLASS_NAME = "五（1）班"
PUBLIC = ("/", "/registry/", "/registry.csv", "/cases/", "/bulletins/", "/notices/", "/courses/", "/sitemap.xml")


def test_a_pupil_walks_all_steps_and_stays_unknown_to_the_public(site: Site, meet: Meet, viewport: str) -> None:
    seat, name = PUPILS[viewport]
    steps = site.insider.ask("pupil", seat=seat, name=name)
    username = f"{CLASS}#{seat}"
    child = meet(**VIEWPORTS[viewport])
    child.sign_in(username, PASSWORD)
    walks.take_course(child, steps["course"][0], scroll_first=viewport == "phone")
    _assess_oneself(child)
    for path in ("/my/", "/exams/"):
        child.goto(path)
        assert "考试" not in child.page.locator("body").inner_text(), path
    _promise(child)
    _practise(site, meet, child, username, viewport)
    assert site.insider.ask("completed", username=username) == ["course", "survey", "pledge", "practise"]
    _nobody_outside_reads_of(site, meet, name)


def _assess_oneself(child: Visitor) -> None:
    """测评: no score, and nowhere is it called an exam."""
    page = child.page
    walks.open_next_step(child)
    assert "考试" not in page.locator("main").inner_text()
    page.locator("main form .btn--go").click()
    child.look()
    assert "考试" not in page.locator("main").inner_text()
    for card in page.locator("fieldset.question").all():
        if card.locator("input[type=radio]").count():
            card.locator("label.opt").first.click()
        else:
            card.locator("textarea").fill("我会先问一声。")
    page.locator("main form .btn--go").click()
    page.wait_for_url("**/result/")
    child.look()
    text = page.locator("main").inner_text()
    assert "考试" not in text
    assert "分数" not in text.replace("没有分数", "")


def _promise(child: Visitor) -> None:
    """No choice of publication, no name to type: read and promise."""
    page = child.page
    walks.open_next_step(child)
    expect(page.locator("input[name=visibility]")).to_have_count(0)
    page.locator("input[name=confirmed]").check(force=True)
    page.locator("button.btn--sign").click()
    page.wait_for_url("**/pledges/letters/**")
    child.look()


def _practise(site: Site, meet: Meet, child: Visitor, username: str, viewport: str) -> None:
    page = child.page
    walks.open_next_step(child)
    if page.locator("input[name=promise_key]").count():
        page.locator("input[name=promise_key]").first.check(force=True)
    page.locator("textarea[name=sentence]").fill("借了同桌的圆规，下课就还。")
    page.locator("input[name=happened_on]").fill(site.insider.ask("today"))
    page.locator("form[enctype] button[type=submit]").click()
    expect(page.locator(".todo-list .t")).to_have_count(1)
    child.look()
    teacher = meet(**VIEWPORTS[viewport])
    teacher.sign_in("he.qing", PASSWORD)
    teacher.goto("/practice/confirm/")
    row = teacher.page.locator("ul.chase li", has_text=site.insider.ask("name_of", username=username))
    row.locator("input[name=deed]").check(force=True)
    teacher.page.locator("form[data-confirm] .btn--go").click()
    expect(teacher.page.locator("ul.chase li", has_text=row_name(site, username))).to_have_count(0)
    teacher.look()


def row_name(site: Site, username: str) -> str:
    """What the teacher reads."""
    return str(site.insider.ask("name_of", username=username))


def _nobody_outside_reads_of(site: Site, meet: Meet, name: str) -> None:
    """Neither the name nor the class nor the account is on any page that anybody can open."""
    stranger = meet()
    site.insider.ask("wait_for_background_work")
    for path in PUBLIC:
        response = stranger.page.request.get(path)
        assert response.status in (200, 404), path
        assert [word for word in (name, CLASS, CLASS_NAME) if word in response.text()] == [], path
    for word in (name, CLASS):
        for path in (f"/search/?q={quote(word)}", f"/registry/?q={quote(word)}"):
            stranger.goto(path)
            expect(stranger.page.locator("main .empty")).to_be_visible()
        assert word not in stranger.page.request.get(f"/registry.csv?q={quote(word)}").text()


def test_a_promise_has_no_public_address(site: Site, meet: Meet) -> None:
    site.insider.ask("pupil", seat=43, name="葛一苇")
    site.insider.ask("bring", username="QP5A#43", to="practise")
    public_id = site.insider.ask("letter_of", username="QP5A#43")
    stranger = meet()
    paths = [f"/l/{public_id}", f"/l/{public_id}.pdf", f"/l/{public_id}.json", f"/verify/?code={public_id}"]
    assert [stranger.page.request.get(path).status for path in paths] == [404] * 4
    assert [path for path in paths if "葛一苇" in stranger.page.request.get(path).text()] == []
