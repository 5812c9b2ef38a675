"""A class on its devices and its teacher at the desk: each page looked at, in the dark on a phone, in the light on a
desktop."""

from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site
from tests.e2e.visitor import Visitor

CLASS = "QP5A"
SEATS = {"phone": (51, "phone"), "desktop": (52, "desktop")}
NAMES = {"phone": "言午晴", "desktop": "双木清"}
PICTURES = ("plum", "bamboo", "moon")
COLOURS = {"phone": "dark", "desktop": "light"}


def test_a_pupil_comes_in_by_code_seat_and_pictures_and_the_teacher_helps(
    site: Site, meet: Meet, viewport: str
) -> None:
    seat, name = SEATS[viewport][0], NAMES[viewport]
    site.insider.ask("pupil_with_pictures", seat=seat, name=name, secret="-".join(PICTURES))
    teacher = meet(**VIEWPORTS[viewport], color_scheme=COLOURS[viewport])
    teacher.sign_in("he.qing", PASSWORD)
    code = _opened(teacher)
    child = meet(**VIEWPORTS[viewport], color_scheme=COLOURS[viewport])
    _to_the_secret(child, code, seat)
    assert name not in child.page.content()
    _choose(child, PICTURES[::-1])
    expect(child.page.locator("[role=alert]")).to_be_visible()
    _unlocked(teacher, seat)
    _choose(child, PICTURES)
    child.page.wait_for_url("**/my/")
    child.look()
    teacher.goto(f"/organisations/{CLASS}/class/")
    row = teacher.page.locator("tr", has_text=name)
    row.locator("button[value=secret]").click()
    teacher.look()
    expect(teacher.page.locator(".secret-card")).to_have_count(1)
    child.page.reload()  # whoever is in with the old secret is out
    assert "/my/" not in child.page.url
    child.look()


def _opened(teacher: Visitor) -> str:
    """Open the class for a lesson, look at the blackboard; the code."""
    teacher.goto(f"/organisations/{CLASS}/class/")
    page = teacher.page
    if page.locator("button[value=close]").count():
        page.locator("button[value=close]").click()
        teacher.look()
    page.locator("button[value=open]").first.click()
    teacher.look()
    teacher.goto(f"/organisations/{CLASS}/class/screen/")
    return "".join(page.locator(".big-code").inner_text().split())


def _to_the_secret(child: Visitor, code: str, seat: int) -> None:
    child.goto("/class/")
    child.page.locator("input[name=code]").fill(code)
    child.page.locator("main form .btn--go").click()
    child.look()
    child.page.locator(f'input[name=seat][value="{seat}"]').check(force=True)
    child.page.locator("main form .btn--go").click()
    child.look()


def _choose(child: Visitor, pictures: tuple[str, ...]) -> None:
    for key in pictures:
        child.page.locator(f"[data-pad] button[data-key={key}]").click()
    child.page.locator("main form .btn--go").click()
    child.page.wait_for_load_state()


def _unlocked(teacher: Visitor, seat: int) -> None:
    """The wrong try stands at the seat; one press and nobody waits there."""
    teacher.goto(f"/organisations/{CLASS}/class/")
    button = teacher.page.locator(f"form:has(input[name=place][value='{seat}']) button[value=unlock]")
    button.click()
    teacher.look()
    expect(button).to_have_count(0)


def test_the_teachers_papers_guardians_answers_and_work_without_network(site: Site, meet: Meet, viewport: str) -> None:
    teacher = meet(**VIEWPORTS[viewport], color_scheme=COLOURS[viewport])
    teacher.sign_in("he.qing", PASSWORD)
    for path in ("class/cards/", "class/seat-plan/", "consents/", "consents/letter/?all=1"):
        teacher.goto(f"/organisations/{CLASS}/{path}")
        expect(teacher.page.locator("main h1")).not_to_have_count(0)
    page = teacher.page
    teacher.goto(f"/classwork/{CLASS}/")
    asks = page.locator("form:has(input[value=package]) button")
    asks.last.click()
    teacher.look()
    link = page.locator("a[download]")
    expect(link).to_be_visible()  # the page looks again by itself until the worker is through
    teacher.look()
    with page.expect_download() as fetched:
        link.click()
    assert fetched.value.suggested_filename.startswith(f"{CLASS}-")
    page.locator("main .todo-list a.t").first.click()
    teacher.look()
