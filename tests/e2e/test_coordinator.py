"""The pages of a coordinator, each looked at: nothing wider than the screen, axe finds nothing."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD
from tests.e2e.visitor import Visitor

PAGES = ["/dashboards/", "/organisations/", "/rosters/", "/rosters/new/", "/assignments/", "/my/history/"]


@pytest.fixture
def coordinator(visitor: Visitor) -> Visitor:
    """The coordinator of a department of the demo city."""
    visitor.sign_in("zhou.jing", PASSWORD)
    return visitor


def test_every_page_of_the_workplace(coordinator: Visitor) -> None:
    for address in PAGES:
        coordinator.goto(address)
        expect(coordinator.page.locator("main h1")).to_have_count(1)


def test_a_file_that_is_no_roster_is_refused_beside_its_field(coordinator: Visitor) -> None:
    coordinator.goto("/rosters/new/")
    file = {"name": "名册.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04broken"}
    coordinator.page.locator("main input[type=file]").set_input_files([file])
    coordinator.page.locator("main form .btn--go").click()
    coordinator.look()
    expect(
        coordinator.page.locator("main form .error, main form .field-error, main form [role=alert]").first
    ).to_contain_text("不是 Excel 工作簿")
