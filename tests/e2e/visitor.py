"""Somebody at a browser, who complains about everything that a person or a screen reader would."""

import os
import re
from pathlib import Path
from typing import Any, ClassVar

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

AXE = Axe()
# The same pages were looked at a moment ago, on another database: no axe, and a phone is enough.
PAGES_SEEN = bool(os.environ.get("XINXING_PAGES_SEEN"))
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # describing every element that is right takes most of the time
}
# What axe judges by, as text: every element with its attributes, their words only where they decide.
SKELETON = """() => {
    const telling = /^(class|type|role|lang|hidden|disabled|open|tabindex|aria-(hidden|expanded|checked|live))$/;
    const named = a => a.name + (telling.test(a.name) ? `=${a.value}` : a.value.trim() ? "" : "=");
    const words = n => (n.nodeType === 3 && n.data.trim() ? "." : "");
    const told = e => [e.tagName, ...[...e.attributes].map(named), ...[...e.childNodes].map(words)].join(" ");
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    return [innerWidth, isDark, ...[...document.querySelectorAll("*")].map(told)].join();
}"""


class Visitor:
    """Walks pages. `complaints` collects script errors, policy violations, failed or foreign requests."""

    judged: ClassVar[set[str]] = set()  # skeletons of pages in which axe found nothing

    def __init__(self, page: Page, site: str, *, has_scripts: bool = True) -> None:
        self.page = page
        self.site = site
        self.has_scripts = has_scripts
        self.seen = 0
        self.posts: set[Request] = set()  # on their way
        self.complaints: list[str] = []
        self.expected_statuses: set[int] = set()
        self.expected_texts: set[str] = set()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error on {page.url}: {error}"))
        page.on("request", self._on_request)
        page.on("requestfinished", lambda request: self.posts.discard(request))
        page.on("requestfailed", lambda request: self.posts.discard(request))

    def _on_console(self, message: ConsoleMessage) -> None:
        expected = any(f"status of {status}" in message.text for status in self.expected_statuses)
        expected = expected or any(text in message.text for text in self.expected_texts)
        if message.type == "error" and not expected:
            self.complaints.append(f"console on {self.page.url}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if request.method == "POST":
            self.posts.add(request)
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")

    def wait_for_posts(self) -> None:
        """Until nothing that the page sends is on its way."""
        while self.posts:
            self.page.wait_for_timeout(100)

    def goto(self, path: str) -> None:
        """Open a path of the site and look at it."""
        self.page.goto(path)
        self.look()

    def is_refused(self, path: str, status: int) -> str:
        """Open a path that must answer with `status` and a clear page; returns the page's heading."""
        self.expected_statuses.add(status)
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        self.look()
        return self.page.locator("main h1").inner_text()

    def look(self) -> None:
        """What must hold for every page: nothing wider than the screen, axe finds nothing."""
        self.page.wait_for_load_state("load")
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            self.complaints.append(f"{self.page.url} is {overflow} px wider than the screen")
        if os.environ.get("XINXING_SHOTS"):
            self.picture(Path(os.environ["XINXING_SHOTS"]) / self._file_name())
        if self.has_scripts and not PAGES_SEEN:
            self._ask_axe()

    def _ask_axe(self) -> None:
        """Once for each skeleton: pages differ by their words, and most are looked at twenty times."""
        skeleton = self.page.evaluate(SKELETON)
        if skeleton in self.judged:
            return
        self.page.evaluate(AXE.axe_script)
        violations: list[Any] = self.page.evaluate("rules => axe.run(rules).then(found => found.violations)", RULES)
        if not violations:
            self.judged.add(skeleton)
        for violation in violations:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            self.complaints.append(f"axe on {self.page.url}: {violation['id']} ({violation['help']}): {nodes}")

    def _file_name(self) -> str:
        self.seen += 1
        test = re.sub(r"\W+", "-", os.environ.get("PYTEST_CURRENT_TEST", "").split("::")[-1].split(" ")[0])
        place = re.sub(r"\W+", "-", self.page.url.removeprefix(self.site))[:60]
        return f"{test}-{id(self) % 1000:03}-{self.seen:03}{place}.png"

    def press(self, name: str) -> None:
        """Press the button with this name, then look at what comes."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.look()

    def follow(self, name: str) -> None:
        """Follow the link with this name inside the page, then look at what comes."""
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()
        self.look()

    def sign_in(self, identifier: str, password: str) -> None:
        """Sign in on the sign-in page."""
        self.goto("/accounts/login/")
        self.page.locator("input[name=login]").fill(identifier)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main form .btn--go").click()
        self.page.wait_for_url(lambda url: "/login/" not in url)
        self.look()

    def picture(self, path: Path) -> None:
        """Keep a full-page picture."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path), full_page=True)
