"""A real site for the browser tests: own folder, demo content, gunicorn and the background worker, started as a user
would start them. On PostgreSQL the same with a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.e2e.insider import Insider
from tests.e2e.prepared import ROOT, demo_site
from tests.e2e.visitor import PAGES_SEEN, Visitor

PASSWORD = "xinxing-demo"
HEADLESS = "/usr/bin/chromium-headless-shell"
# The one without windows needs two thirds of the processor's time; the whole one keeps a profile as people have it.
WHOLE = [p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if Path(p).exists()]
CHROMIUM = [p for p in (HEADLESS, *WHOLE) if Path(p).exists()]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
VIEWPORTS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
PATIENCE = 60_000  # milliseconds; machines that run tests have other things to do


@dataclass(frozen=True)
class Site:
    """A running site: its address, and somebody inside."""

    address: str
    insider: Insider


# Opens a fresh browser: `meet(width=360, …)`; other arguments go to Playwright's new_context.
Meet = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as `e2e`. Two processes run it (tests/conftest.py), each with a site of its own."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """In CI a browser test that fails is tried once more, and a warning says that it was: on a crowded machine a
    browser, a server and a worker may overtake each other in ways that a person at the page would not notice."""
    if not os.environ.get("CI") or item.get_closest_marker("e2e") is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if failed := [report for report in reports if report.failed]:
        item.warn(pytest.PytestWarning(f"tried once more: {item.nodeid}\n{failed[0].longreprtext}"))
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="package")
def site(tmp_path_factory: Any) -> Iterator[Site]:
    """A running site with demo content.

    XINXING_E2E_PREPARED may name a folder in which the demo site is kept from run to run: saves a minute while one
    writes tests. SQLite only.
    """
    if not CHROMIUM:
        pytest.fail("no Chromium on this machine: `make test` installs it, or names the command that does")
    base = tmp_path_factory.getbasetemp()
    shared = os.environ.get("XINXING_E2E_PREPARED") or (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    var = tmp_path_factory.mktemp("site") / "var"
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with demo_site(Path(shared) / "demo", var, address) as environment:
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)], cwd=ROOT, env=environment
        )
        insider = Insider(environment)
        try:
            _wait_for(address, server)
            yield Site(address, insider)
        finally:
            insider.leave()
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server stopped by itself"
        try:
            urllib.request.urlopen(f"{address}/accounts/login/", timeout=5)
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise AssertionError("the site did not answer within three minutes")


@pytest.fixture(scope="package")
def chromium() -> Iterator[BrowserType]:
    """What starts the browser. It ends with the package: while Playwright runs, its event loop keeps Django from the
    database in every later test of this process."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="package")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """Headless Chromium of the system."""
    started = chromium.launch(executable_path=CHROMIUM[0], args=QUIET)
    yield started
    started.close()


@pytest.fixture(params=["phone"] if PAGES_SEEN else list(VIEWPORTS))
def viewport(request: Any) -> str:
    """Each journey is walked on a phone and on a desktop."""
    return str(request.param)


@pytest.fixture
def meet(site: Site, browser: Browser) -> Iterator[Meet]:
    """Meet people with a fresh browser each, not signed in; at the end nobody may have complained."""
    contexts, people = [], []

    def somebody(*, width: int = 1280, height: int = 900, **options: Any) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            base_url=site.address,
            **{"locale": "zh-CN", "accept_downloads": True, **options},
        )
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(PATIENCE)
        contexts.append(context)
        people.append(Visitor(context.new_page(), site.address, has_scripts=options.get("java_script_enabled", True)))
        return people[-1]

    yield somebody
    for context in contexts:
        context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture
def visitor(meet: Meet, viewport: str) -> Visitor:
    """Somebody with a fresh browser of the viewport's size, not signed in."""
    return meet(**VIEWPORTS[viewport])
