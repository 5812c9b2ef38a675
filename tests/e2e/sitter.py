"""Somebody who sits an exam of five questions: three single, one multiple, one true or false."""

import itertools
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site
from tests.e2e.visitor import Visitor
from tests.e2e.walks import kept_answers

ALL_SAVED = re.compile(r"^\d\d:\d\d:\d\d已存到服务器$")
NUMBERS = itertools.count(1)


class Sitter:
    """A learner at the page of an exam that has begun."""

    def __init__(self, site: Site, person: Visitor, seconds_left: int | None = 3600) -> None:
        """With None the exam has not begun."""
        self.site = site
        self.username = f"ks{next(NUMBERS):05}"
        if seconds_left is None:
            self.attempt, self.step = "", str(site.insider.ask("exam_step", username=self.username, name="文待考"))
        else:
            made = site.insider.ask("exam", username=self.username, name="文待考", seconds_left=seconds_left)
            self.attempt, self.step = str(made["attempt"]), str(made["step"])
        self.person = person
        person.expected_texts.add("ERR_INTERNET_DISCONNECTED")

    @property
    def page(self) -> Page:
        """The browser's page."""
        return self.person.page

    @property
    def path(self) -> str:
        """The exam's page."""
        return f"/exams/attempts/{self.attempt}/"

    def begin(self) -> None:
        """Sign in and begin as a person does, so that the browser has its mark."""
        self.person.sign_in(self.username, PASSWORD)
        self.page.goto(f"/exams/steps/{self.step}/")
        with self.page.expect_response("**/pen/"):
            self.page.locator("main form .btn--go").click()
        self.attempt = self.page.url.split("/attempts/")[1].split("/")[0]

    def go_on_here(self) -> None:
        """Say yes to the question whether to go on at this device."""
        # Not the refusal that a page here may still be waiting for.
        with self.page.expect_response(lambda reply: reply.url.endswith("/pen/") and reply.status == 200):
            self.page.locator("main form[action$='/continue/'] .btn--go").click()

    def come_in(self) -> None:
        """Sign in and open the exam."""
        self.person.sign_in(self.username, PASSWORD)
        self.open()

    def open(self) -> None:
        """Open the exam's page and wait for the pen."""
        with self.page.expect_response("**/pen/"):
            self.page.goto(self.path)
        expect(self.page.locator("form.is-paged")).to_have_count(1)

    def another(self, meet: Meet, **options: Any) -> "Sitter":
        """The same learner at another device."""
        other = object.__new__(Sitter)
        other.__dict__.update(self.__dict__)
        other.person = meet(**{**VIEWPORTS["desktop"], **options})
        other.person.expected_texts.add("ERR_INTERNET_DISCONNECTED")
        return other

    def answer(self, question: int, option: int) -> Any:
        """Choose an option of a question; returns its value."""
        self.page.evaluate(f"location.hash = '#q{question}'")
        card = self.page.locator(f"#q{question}")
        expect(card).to_be_visible()
        card.locator("label.opt").nth(option).click()
        field = card.locator("label.opt input").nth(option)
        expect(field).to_be_checked()
        value = field.get_attribute("value")
        kind = card.get_attribute("data-type")
        return [value] if kind == "multiple" else value == "true" if kind == "true_false" else value

    def chosen(self, question: int) -> Any:
        """What the page shows as the answer of a question with one choice."""
        return self.page.evaluate(f"(document.querySelector('#q{question} input:checked') || {{ value: null }}).value")

    def cut(self) -> None:
        """The network goes away."""
        self.page.context.set_offline(True)

    def mend(self) -> None:
        """The network is back."""
        self.page.context.set_offline(False)

    def close(self, unsent: int) -> Page:
        """Close the page once this device keeps so many answers; returns another page of the same browser."""
        for _tenth in range(100):
            if len(kept_answers(self.page)) == unsent:
                break
            self.page.wait_for_timeout(100)
        assert len(kept_answers(self.page)) == unsent
        page = self.page.context.new_page()
        self.page.close()
        self.person.page = page
        return page

    def wait_until_saved(self) -> None:
        """Until the page says that the server has everything."""
        expect(self.page.locator("[data-saved]")).to_have_text(ALL_SAVED, timeout=60_000)

    def counted(self) -> dict[str, Any]:
        """The answers that count on the server."""
        return dict(self.site.insider.ask("counted", attempt=self.attempt))

    def notice(self) -> Any:
        """Where the page says what is the matter."""
        return self.page.locator("[data-trouble]")


def sitter(site: Site, meet: Meet, viewport: str = "phone", *, seconds_left: int = 3600, **options: Any) -> Sitter:
    """A new learner at the page of an exam that has begun."""
    found = Sitter(site, meet(**{**VIEWPORTS[viewport], **options}), seconds_left)
    found.come_in()
    return found
