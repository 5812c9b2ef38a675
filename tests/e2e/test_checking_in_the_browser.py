"""A citizen checks a letter in the browser: the file stays there, damage is named, and it works without this site."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Meet, Site
from tests.e2e.visitor import Visitor

SAME, OTHER = "与原件相符", "与原件不符"
HOW = "输入密码并写下姓名"


@pytest.fixture(scope="module")
def letter(site: Site) -> dict[str, Any]:
    """A public letter in the log with its PDF: `code`, `index`, `commitment`."""
    found: dict[str, Any] = site.insider.ask("letter_with_pdf")
    return found


def files(page: Page, code: str) -> dict[str, bytes]:
    return {ending: page.request.get(f"/l/{code}.{ending}").body() for ending in ("json", "tlog-proof", "pdf")}


def choose(person: Visitor, *given: tuple[str, bytes]) -> tuple[str, dict[str, str]]:
    """Choose files on the page; what the verdict says, and its rows with how they look."""
    payload: Any = [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in given]
    person.page.locator("form[data-check-file] input[name=file]").set_input_files(payload)
    return verdict(person)


def verdict(person: Visitor) -> tuple[str, dict[str, str]]:
    section = person.page.locator(".verdict[tabindex]")
    section.wait_for()
    person.look()
    rows = section.locator("li[data-finding]").evaluate_all("all => all.map(li => li.dataset.finding)")
    heading = section.locator("h1, h2").first.inner_text().replace("\u200b", "")
    return heading, dict(row.split(" ", 1) for row in rows)


@pytest.fixture
def person(meet: Meet) -> Visitor:
    """On the page that checks letters, on a phone; the script is ready."""
    somebody = meet(width=390)
    somebody.goto("/verify/")
    somebody.page.locator("html[data-checking=ready]").wait_for(state="attached")
    return somebody


def test_a_pdf_is_checked_without_being_sent(person: Visitor, letter: dict[str, Any]) -> None:
    pdf = files(person.page, letter["code"])["pdf"]
    sent: list[str] = []
    person.page.on("request", lambda request: sent.append(f"{request.method} {request.url.removeprefix(person.site)}"))
    heading, rows = choose(person, ("letter.pdf", pdf))
    assert (heading, sent) == (SAME, [f"GET /v/{letter['code']}/state"])
    assert rows == {
        "seal": "not checked", "checkpoint": "holds", "entry": "holds", "issuer": "holds", "standing": "in_force",
    }  # fmt: skip
    shown = person.page.locator(".verdict[tabindex]").inner_text()
    assert "这里没有核验PDF的印记" in shown
    assert "文件没有上传" in shown
    assert letter["title"] in shown
    assert person.page.locator('.verdict dd[data-field="signatureLevel"]').inner_text() == HOW


def test_a_record_is_checked_with_its_proof_and_a_changed_one_is_named(person: Visitor, letter: dict[str, Any]) -> None:
    own = files(person.page, letter["code"])
    given = [("a.json", own["json"]), ("a.tlog-proof", own["tlog-proof"])]
    good = {"checkpoint": "holds", "entry": "holds", "issuer": "holds", "standing": "in_force"}
    assert choose(person, *given) == (SAME, good)
    assert choose(person, given[0]) == (SAME, good)
    changed = json.loads(own["json"])
    changed["credentialSubject"]["title"] = "别的承诺书"
    forged = json.dumps(changed, ensure_ascii=False).encode()
    heading, rows = choose(person, ("a.json", forged), given[1])
    assert heading == OTHER
    assert rows == {**good, "entry": "fails", "issuer": "fails"}
    assert "可能" in person.page.locator(".verdict[tabindex] .notice").inner_text()
    cut = own["tlog-proof"][:-30]
    assert choose(person, given[0], ("a.tlog-proof", cut))[1]["proof"] == "fails"
    damaged = own["pdf"].replace(b"/EmbeddedFiles", b"/EmbeddedFilez")
    person.page.locator("form[data-check-file] input[name=file]").set_input_files(
        {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + damaged[2000:]}
    )
    person.page.locator("[data-problem-shown]").wait_for()
    assert person.page.locator(".verdict[tabindex]").count() == 0


def test_the_code_on_the_paper_leads_to_a_check_in_the_browser(meet: Meet, letter: dict[str, Any]) -> None:
    person = meet(width=1280, color_scheme="dark")
    place = f"/v/{letter['code']}#i={letter['index']}&c={letter['commitment']}"
    person.goto(place)
    person.page.locator('[data-finding="paper holds"]').wait_for()
    assert "已在本浏览器里核验" in person.page.locator("[data-by]").inner_text()
    person.look()
    person.page.goto("/verify/")
    person.page.goto(place.replace("&c=", "&c=A"))
    assert verdict(person)[1]["paper"] == "fails"


def test_where_the_browser_cannot_check_the_server_is_offered(meet: Meet, letter: dict[str, Any]) -> None:
    person = meet(width=390)
    person.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    person.goto("/verify/")
    person.page.locator("[data-cannot]").wait_for()
    pdf = files(person.page, letter["code"])["pdf"]
    person.page.locator("form[data-check-file] input[name=file]").set_input_files(
        {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    person.press("在本站服务器上核验")
    assert person.page.locator('.verdict [data-finding="seal holds"]').count() == 1


def test_the_check_can_be_kept_as_a_file_and_works_without_network(
    meet: Meet, letter: dict[str, Any], tmp_path: Path
) -> None:
    person = meet(width=390)
    own = files(person.page, letter["code"])
    kept = tmp_path / "check.html"
    kept.write_bytes(person.page.request.get("/verify/offline.html").body())
    person.page.context.set_offline(True)
    person.site = kept.as_uri()
    person.page.goto(kept.as_uri())
    person.page.locator("html[data-checking=ready]").wait_for(state="attached")
    heading, rows = choose(person, ("letter.pdf", own["pdf"]))
    assert (heading, rows["standing"], rows["entry"]) == (SAME, "offline", "holds")
    changed = own["json"].replace(letter["title"].encode(), "别的承诺书".encode(), 1)
    assert choose(person, ("a.json", changed), ("a.tlog-proof", own["tlog-proof"]))[0] == OTHER


def test_the_camera_reads_a_code_where_the_browser_can_and_is_not_offered_elsewhere(
    person: Visitor, meet: Meet, letter: dict[str, Any]
) -> None:
    assert not person.page.locator("[data-scan-start]").first.is_visible()
    other = meet(width=390, permissions=["camera"])
    # This Chromium has no reader of QR codes: one stands in that says what a phone's would say.
    other.page.add_init_script(
        f"""globalThis.BarcodeDetector = class {{ static async getSupportedFormats() {{
          return ["qr_code"] }}
        async detect() {{ return [{{ rawValue: !globalThis.isOurs ? "https://elsewhere.example/v/{letter["code"]}"
          : location.origin + "/v/{letter["code"]}#i={letter["index"]}&c={letter["commitment"]}" }}] }} }};
        navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
        HTMLMediaElement.prototype.play = async () => {{}};"""
    )
    other.goto("/verify/")
    other.page.locator("[data-scan-start]").first.click()
    other.page.get_by_text("这个二维码不是本站承诺书的").wait_for()
    other.page.evaluate("globalThis.isOurs = true")
    other.page.locator('[data-finding="paper holds"]').wait_for()
