"""The pages of those who lead units, each looked at: nothing wider than the screen, axe finds nothing. In the dark on a
phone, in the light on a desktop."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site
from tests.e2e.visitor import Visitor
from tests.organisations.workbooks import messy

PAGES = ["/dashboards/", "/city/", "/reports/", "/organisations/", "/rosters/", "/rosters/new/", "/assignments/"]
PAGES += ["/assignments/exceptions/", "/learn/sessions/", "/learn/hours/", "/my/history/", "/my/data/", "/inbox/"]
PAGES += ["/inbox/settings/", "/practice/confirm/"]
OFFICE = ["/city/?group=district", "/dashboards/", "/admin/data/erasures/", "/admin/data/retention/"]
OFFICE += ["/admin/data/minors/"]
COLOURS = {"phone": "dark", "desktop": "light"}


@pytest.fixture
def coordinator(meet: Meet, viewport: str) -> Visitor:
    """The coordinator of a department of the demo city."""
    person = meet(**VIEWPORTS[viewport], color_scheme=COLOURS[viewport])
    person.sign_in("zhou.jing", PASSWORD)
    return person


def test_every_page_of_the_workplace(coordinator: Visitor) -> None:
    for address in PAGES:
        coordinator.goto(address)
        expect(coordinator.page.locator("main h1")).to_have_count(1)


def test_the_office_sees_every_unit_and_the_schedules_of_personal_data(meet: Meet, viewport: str) -> None:
    office = meet(**VIEWPORTS[viewport], color_scheme=COLOURS[viewport])
    office.sign_in("admin", PASSWORD)
    for address in OFFICE:
        office.goto(address)
        expect(office.page.locator("main h1")).not_to_have_count(0)


def test_a_messy_roster_is_looked_at_put_in_and_taken_back(coordinator: Visitor) -> None:
    page = coordinator.page
    _upload(coordinator, b"PK\x03\x04broken")
    refused = page.locator("main form .error, main form .field-error, main form [role=alert]").first
    expect(refused).to_contain_text("不是 Excel 工作簿")
    data, expected = messy(60, unit=page.locator("select[name=organisation] option").first.inner_text().strip())
    _upload(coordinator, data)
    expect(page.locator("button[value=apply]")).to_be_visible()
    shown = [int(text) for text in page.locator(".kpis .v").all_inner_texts()]
    assert shown[:4] == [expected["new"], 0, 0, expected["error"]]
    page.locator("a[href*='status=error']").first.click()
    coordinator.look()
    page.locator("button[value=apply]").click()
    expect(page.locator("button[value=undo]")).to_be_visible()
    coordinator.look()
    page.locator("button[value=undo]").click()
    expect(page.locator("button[value=undo]")).to_have_count(0)
    coordinator.look()


def _upload(coordinator: Visitor, data: bytes) -> None:
    coordinator.goto("/rosters/new/")
    file = {"name": "名册.xlsx", "mimeType": "application/zip", "buffer": data}
    coordinator.page.locator("main input[type=file]").set_input_files([file])
    coordinator.page.locator("main form .btn--go").click()
    coordinator.look()


def test_an_assignment_is_looked_at_given_stopped_and_goes_on(site: Site, coordinator: Visitor) -> None:
    page = coordinator.page
    coordinator.goto(f"/assignments/new/{site.insider.ask('assignable')}/")
    page.locator("select[name=programme]").select_option(index=1)
    page.locator("input[name=units]").first.check(force=True)
    page.locator("main form button[type=submit]").click()
    coordinator.look()
    page.locator("button[name=store]").click()
    coordinator.look()
    page.locator("form[action$='/stop/'] button").click()
    coordinator.look()
    page.locator("form[action$='/resume/'] button").click()
    expect(page.locator("form[action$='/stop/'] button")).to_be_visible()
    coordinator.look()
