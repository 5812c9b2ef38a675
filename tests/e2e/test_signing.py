"""Sign with a passkey on a phone and with a drawn signature at a desk; then object, and the office answers. A
coordinator looks at signing on the spot. Chromium's own virtual authenticator holds the passkey."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site
from tests.e2e.inside import UNIT
from tests.e2e.test_passkeys import Carrier, carry  # noqa: F401  # a fixture
from tests.e2e.visitor import Visitor

PROMISE = "每周三下午到窗口坐班"


def fill(page: Page, name: str, way: str) -> None:
    page.locator("textarea[name=promise]").fill(PROMISE)
    expect(page.locator("[data-promise-text]")).to_have_text(PROMISE)
    page.locator('input[name=visibility][value="named"]').check(force=True)
    page.locator("input[name=confirmed]").check(force=True)
    page.locator("input[name=typed_name]").fill(name)
    page.locator(f'input[name=way][value="{way}"]').check(force=True)


def add_passkey(person: Visitor) -> None:
    page = person.page
    person.goto("/accounts/second-factor/")
    page.locator("a[href$='/webauthn/add/']").click()
    page.wait_for_url("**/reauthenticate/**")
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main form .btn--go").click()
    page.locator("input[name=name]").fill("手机")
    page.locator("form[data-passkey] .btn--go").click()
    page.wait_for_url("**/recovery-codes/")


def test_with_a_passkey_on_a_phone(carry: Carrier, site: Site) -> None:  # noqa: F811
    address = site.insider.ask("signer", username="sign.phone", name="诸葛𬭚", unit=UNIT)
    person, _device = carry("phone")
    person.sign_in("sign.phone", PASSWORD)
    add_passkey(person)
    person.goto(address)
    page = person.page
    fill(page, "诸葛𬭚", "passkey")
    expect(page.locator("input[name=password]")).not_to_be_visible()
    person.look()
    page.locator("button.btn--sign").click()
    expect(page.locator(".letter")).to_contain_text(PROMISE)
    person.look()
    page.locator("[data-sign-passkey] button.btn--sign").click()
    page.wait_for_url("**/pledges/letters/**")
    person.look()
    public_id = page.url.rstrip("/").split("/")[-1]
    assert site.insider.ask("level", public_id=public_id) == "passkey"


def test_drawn_at_a_desk_then_an_objection_and_its_answer(site: Site, meet: Meet) -> None:
    address = site.insider.ask("signer", username="sign.desk", name="笔一", unit=UNIT)
    person = meet(**VIEWPORTS["desktop"])
    person.sign_in("sign.desk", PASSWORD)
    person.goto(address)
    page = person.page
    fill(page, "笔一", "drawn")
    page.locator("canvas.l-pad").scroll_into_view_if_needed()
    box = page.locator("canvas.l-pad").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + 30 + 9 * step, box["y"] + 60 + (step % 3) * 12)
    page.mouse.up()
    expect(page.locator("[data-pad-full]")).to_be_visible()
    page.locator("input[name=password]").fill(PASSWORD)
    person.look()
    page.locator("button.btn--sign").click()
    page.wait_for_url("**/pledges/letters/**")
    assert site.insider.ask("level", public_id=page.url.rstrip("/").split("/")[-1]) == "drawn"
    page.locator("a[href$='/object/']").click()
    page.locator("textarea[name=text]").fill("单位名称少了几个字。")
    person.look()
    page.locator("main form .btn--go").click()
    page.wait_for_url("**/pledges/objections/**")
    person.look()
    code = page.url.rstrip("/").split("/")[-1]

    office = meet(**VIEWPORTS["desktop"])
    office.sign_in("office", PASSWORD)
    office.goto("/pledges/office/")
    office.page.locator("a.rowlink", has_text=code).click()
    office.page.locator('input[name=outcome][value="correct"]').check(force=True)
    office.page.locator("textarea[name=note]").fill("单位全称为市住房和城乡建设局。")
    office.page.locator("textarea[name=answer]").fill("已核对，已公布更正。")
    office.look()
    office.page.locator("form .btn--go").click()
    expect(office.page.locator("main")).to_contain_text("已核对，已公布更正。")
    office.goto("/pledges/office/?q=笔一")
    office.page.locator("a.rowlink.code[href*='/office/letters/']").first.click()
    expect(office.page.locator("main")).to_contain_text("单位全称为市住房和城乡建设局。")
    office.look()


def test_a_coordinator_on_a_phone_lets_somebody_sign_on_the_spot(site: Site, meet: Meet) -> None:
    site.insider.ask("signer", username="sign.spot", name="面一", unit=UNIT)
    person = meet(**VIEWPORTS["phone"])
    person.sign_in("zhou.jing", PASSWORD)
    person.goto("/pledges/spot/")
    person.look()
    page = person.page
    page.get_by_role("link", name="承诺书", exact=True).click()
    person.look()
    page.locator("a", has_text=re.compile("面一")).click()
    page.locator("textarea[name=promise]").fill(PROMISE)
    page.locator('input[name=visibility][value="none"]').check(force=True)
    for name in ("confirmed", "identity"):
        page.locator(f"input[name={name}]").check(force=True)
    page.locator("input[name=typed_name]").fill("面一")
    page.locator("input[name=password]").fill(PASSWORD)
    person.look()
    page.locator("button.btn--sign").click()
    expect(page.locator("main")).to_contain_text("面一已签署")
    person.look()
