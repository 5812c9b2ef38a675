"""A passkey is added, named, used and removed in a real browser under the strict policy, with Chromium's own virtual
authenticator. Passkeys belong to a host name, so the site is visited as localhost."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD, PATIENCE, VIEWPORTS, Site
from tests.e2e.visitor import Visitor

Carrier = Callable[..., tuple[Visitor, Any]]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def carry(site: Site, browser: Browser) -> Iterator[Carrier]:
    """Meet somebody whose device keeps passkeys."""
    contexts, people = [], []

    def somebody(viewport: str, **options: Any) -> tuple[Visitor, Any]:
        address = site.address.replace("127.0.0.1", "localhost")
        context = browser.new_context(viewport=VIEWPORTS[viewport], base_url=address, locale="zh-CN", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        person = Visitor(context.new_page(), address)
        device = context.new_cdp_session(person.page)
        device.send("WebAuthn.enable")
        made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        people.append(person)
        return person, (device, made["authenticatorId"])

    yield somebody
    for context in contexts:
        context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


def _confirm_password(page: Page) -> None:
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main form .btn--go").click()


def test_a_passkey_is_added_signs_in_alone_and_is_removed(carry: Carrier, site: Site) -> None:
    site.insider.ask("civil_servant", username="passkey.one", name="钥一")
    person, (device, authenticator) = carry("phone")
    page = person.page
    person.sign_in("passkey.one", PASSWORD)
    person.goto("/accounts/second-factor/")
    page.locator("a[href$='/webauthn/add/']").click()
    page.wait_for_url("**/reauthenticate/**")
    person.look()
    _confirm_password(page)
    expect(page.locator("form[data-passkey=create]")).to_be_visible()
    person.look()
    page.locator("input[name=name]").fill("我的手机")
    page.locator("form[data-passkey] .btn--go").click()
    page.wait_for_url("**/recovery-codes/")
    person.look()
    expect(page.locator("main code")).to_have_count(10)
    person.goto("/accounts/second-factor/")
    expect(page.locator(".todo-list li")).to_have_count(1)
    expect(page.locator(".todo-list .t")).to_contain_text("我的手机")
    assert len(device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1

    page.context.clear_cookies()
    person.goto("/accounts/login/?next=/inbox/")
    page.locator("form[data-passkey=login] button").click()
    page.wait_for_url(lambda url: url.endswith("/inbox/") and "login" not in url)
    person.look()

    page.goto("/accounts/second-factor/")
    page.locator("a[href$='/remove/']").click()
    page.wait_for_url("**/reauthenticate/**")
    page.locator("a[href*='webauthn/reauthenticate']").click()
    expect(page.locator("form[data-passkey=get]")).to_be_visible()
    person.look()
    page.locator("form[data-passkey=get] .btn--go").click()
    page.wait_for_url("**/remove/")
    person.look()
    page.locator("main form .btn--go").click()
    expect(page.locator(".todo-list")).to_have_count(0)
    person.goto("/accounts/second-factor/")
    expect(page.locator(".todo-list li")).to_have_count(0)


def test_a_passkey_that_comes_after_the_password_and_a_device_that_refuses(carry: Carrier, site: Site) -> None:
    site.insider.ask("civil_servant", username="passkey.two", name="钥二")
    person, (device, authenticator) = carry("desktop", color_scheme="dark")
    page = person.page
    person.sign_in("passkey.two", PASSWORD)
    page.goto("/accounts/second-factor/webauthn/add/")
    _confirm_password(page)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.locator("form[data-passkey] .btn--go").click()
    expect(page.locator("[data-when=failed]")).to_be_visible()
    person.look()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.locator("input[name=passwordless]").uncheck()
    page.locator("form[data-passkey] .btn--go").click()
    page.wait_for_url("**/recovery-codes/")

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("passkey.two")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form .btn--go").click()
    page.wait_for_url("**/authenticate/")
    person.look()
    page.goto("/my/")  # not in yet: sent back to the second step
    assert page.url.endswith("/second-factor/authenticate/")
    page.locator("form[data-passkey=get] .btn--go").click()
    page.wait_for_url(lambda url: url.endswith("/my/"))
    person.look()
