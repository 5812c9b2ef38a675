"""The civil servant at 360 px inside a chat app's browser: an old engine's name, the flat style sheet, no passkeys."""

from playwright.sync_api import expect

from tests.e2e import walks
from tests.e2e.conftest import PASSWORD, Meet, Site
from tests.e2e.visitor import Visitor

USER_AGENT = (
    "Mozilla/5.0 (Linux; Android 10; HMA-AL00 Build/HUAWEIHMA-AL00; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/78.0.3904.62 XWEB/2693 MMWEBSDK/201201 Mobile Safari/537.36 MMWEBID/2852 "
    "MicroMessenger/8.0.16.2040(0x28001037) Process/toolsmp WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"
)
WITHOUT_PASSKEYS = """
delete window.PublicKeyCredential;
Object.defineProperty(Navigator.prototype, 'credentials', { value: undefined });
"""


def _somebody(meet: Meet) -> Visitor:
    person = meet(width=360, height=640, user_agent=USER_AGENT, is_mobile=True, has_touch=True, device_scale_factor=2)
    person.page.add_init_script(WITHOUT_PASSKEYS)
    return person


def test_public_pages_get_the_flat_style_sheet_and_fit(site: Site, meet: Meet) -> None:
    person = _somebody(meet)
    for path in ("/", "/registry/", "/courses/", "/cases/", "/bulletins/2017-3/", "/search/?q=承诺"):
        person.goto(path)
        sheets = person.page.eval_on_selector_all("link[rel=stylesheet]", "links => links.map(l => l.href)")
        assert len(sheets) == 1, sheets
        assert "legacy" in sheets[0]


def test_a_lesson_an_exam_and_a_letter(site: Site, meet: Meet) -> None:
    steps = site.insider.ask("civil_servant", username="wx00001", name="柏秋实")
    person = _somebody(meet)
    person.sign_in("wx00001", PASSWORD)
    assert person.page.evaluate("[typeof PublicKeyCredential, typeof navigator.credentials]") == ["undefined"] * 2
    person.goto("/my/")
    person.goto(f"/learn/steps/{steps['course'][0]}/")
    walks.read_lesson_with_scrolling(person)
    expect(person.page.locator("#end .notice.is-ok")).to_be_visible()
    site.insider.ask("bring", username="wx00001", to="exam")
    walks.open_next_step(person)
    walks.sit_exam(person, site.insider)
    walks.open_next_step(person)
    walks.sign_letter(person, "柏秋实")
    assert site.insider.ask("completed", username="wx00001")[-1] == "pledge"
    person.goto("/my/")
