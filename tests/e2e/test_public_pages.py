"""Every public page fits every screen, in both themes and both languages, asks no other host, and axe is content."""

import pytest

from tests.e2e.conftest import Meet, Site
from tests.e2e.visitor import PAGES_SEEN, Visitor

NOT_THERE = "/gone/away/"
PAGES = (
    "/",
    "/courses/",
    "/courses/public-promise/",
    "/courses/public-promise/what-a-promise-is/",
    "/registry/",
    "{letter}",
    "/verify/",
    "/cases/",
    "/cases/tax-blacklist-2017/",
    "/bulletins/",
    "/bulletins/2017-3/",
    "/handbook/",
    "/handbook/speak/",
    "/notices/",
    "/notices/civil-servants-2026/",
    "/about/",
    "/accessibility/",
    "/search/?q=承诺",
    "/search/?q=没有这种词",
    "/accounts/login/",
    NOT_THERE,
)
WAYS = {
    "phone-light-zh": {"width": 390, "theme": "light", "language": ""},
    "desktop-dark-zh": {"width": 1280, "theme": "dark", "language": ""},
    "phone-dark-en": {"width": 390, "theme": "dark", "language": "/en"},
    "desktop-light-en": {"width": 1280, "theme": "light", "language": "/en"},
    "small-xl-zh": {"width": 360, "theme": "light", "language": "", "size": "xl"},
}


@pytest.mark.parametrize("way", list(WAYS)[: 1 if PAGES_SEEN else None])
def test_every_public_page(site: Site, meet: Meet, way: str) -> None:
    chosen = dict(WAYS[way])
    letter = site.insider.ask("some_public_letter")
    language = chosen.pop("language")
    person = meet(
        width=chosen["width"], height=800, color_scheme=chosen["theme"], locale="en-GB" if language else "zh-CN"
    )
    if "size" in chosen:
        _choose_text_size(person, chosen["size"])
    for path in PAGES:
        address = language + path.format(letter=f"/l/{letter}")
        if path == NOT_THERE:
            person.is_refused(address, 404)
        else:
            person.goto(address)
        assert person.page.locator("main h1").count() == 1, address
        lang = person.page.locator("html").get_attribute("lang")
        assert lang == ("en" if language else "zh-Hans"), address
        if "size" in chosen:
            assert person.page.locator("html").get_attribute("data-size") == chosen["size"], address


def _choose_text_size(person: Visitor, size: str) -> None:
    """By the switch in the header."""
    person.goto("/")
    person.page.locator("details.menu summary").first.click()
    person.page.locator(f'form[data-preferences] button[name=size][value="{size}"]').click()
    person.page.wait_for_function(f"document.documentElement.dataset.size === '{size}'")
