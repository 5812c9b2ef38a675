"""The visitor of the other tests does complain: otherwise their silence would mean nothing."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.visitor import PAGES_SEEN, Visitor

SITE = "http://127.0.0.1:9"
BAD = """<!doctype html><html lang="zh-Hans"><title>x</title><main><h1>x</h1><img src="data:,"><p id="wide">x</p></main>
<script>document.getElementById("wide").style.width = "3000px"; console.error("broken");
fetch("http://127.0.0.1:10/").catch(() => 0); throw new Error("thrown");</script></html>"""
GOOD = '<!doctype html><html lang="zh-Hans"><title>x</title><main><h1>x</h1></main></html>'


def _complaints_about(browser: Browser, html: str) -> list[str]:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    person = Visitor(context.new_page(), SITE)
    person.page.set_content(html)
    person.look()
    context.close()
    return person.complaints


def test_the_visitor_is_content_with_a_good_page(browser: Browser) -> None:
    assert _complaints_about(browser, GOOD) == []


@pytest.mark.skipif(PAGES_SEEN, reason="axe has looked at the same pages a moment ago")
def test_the_visitor_sees_width_scripts_foreign_requests_and_what_axe_finds(browser: Browser) -> None:
    text = "\n".join(_complaints_about(browser, BAD))
    for word in ("wider than the screen", "broken", "thrown", "request to another host", "image-alt"):
        assert word in text, word
