"""The network goes away in the middle of an exam, or the browser does."""

import os
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType, Page, expect

from tests.e2e import walks
from tests.e2e.conftest import PATIENCE, QUIET, WHOLE, Meet, Site
from tests.e2e.sitter import sitter
from tests.e2e.visitor import Visitor

# `make faults` cuts the network for five minutes, as the requirement says; every other run for twenty seconds.
CUT_SECONDS = 300 if os.environ.get("XINXING_FAULTS") == "long" else 20


def test_what_is_answered_while_the_network_is_away_arrives_in_order_when_it_is_back(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    first = learner.answer(1, 0)
    learner.wait_until_saved()
    learner.cut()
    learner.answer(1, 1)
    given = {"1": learner.answer(1, 2), "2": learner.answer(2, 0), "4": learner.answer(4, 1), "5": learner.answer(5, 0)}
    expect(learner.notice()).to_contain_text("网断了")
    expect(learner.page.locator("[data-saved]")).to_contain_text("4题待保存")
    learner.person.look()
    learner.page.wait_for_timeout(CUT_SECONDS * 1000)
    assert learner.counted() == {"1": first}
    assert sorted(row["position"] for row in walks.kept_answers(learner.page)) == [1, 2, 4, 5]
    learner.mend()
    learner.wait_until_saved()
    expect(learner.notice()).to_be_hidden()
    assert learner.counted() == given
    assert walks.kept_answers(learner.page) == []
    learner.person.look()


def test_a_page_closed_without_network_finds_its_answers_when_it_is_opened_again(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    learner.cut()
    given = {"2": learner.answer(2, 1), "3": learner.answer(3, 0)}
    learner.close(unsent=2)
    learner.mend()
    learner.open()
    assert [learner.chosen(2), learner.chosen(3)] == [given["2"], given["3"]]
    learner.wait_until_saved()
    assert learner.counted() == given


def test_answers_under_way_when_the_page_is_reloaded_are_not_lost(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    given = {"1": learner.answer(1, 1)}
    learner.open()
    assert learner.chosen(1) == given["1"]
    given["2"] = learner.answer(2, 0)
    learner.wait_until_saved()
    assert learner.counted() == given


def test_a_browser_killed_in_the_middle_and_started_again_has_everything(
    site: Site, meet: Meet, chromium: BrowserType, tmp_path: Path
) -> None:
    learner = sitter(site, meet)
    options: dict[str, Any] = {
        "user_data_dir": str(tmp_path / "profile"),
        "executable_path": WHOLE[0],
        "args": QUIET,
        "viewport": {"width": 390, "height": 844},
        "base_url": site.address,
        "locale": "zh-CN",
    }
    context = chromium.launch_persistent_context(**options)
    context.set_default_timeout(PATIENCE)
    learner.person = _at(context.new_page(), site)
    learner.come_in()
    saved = {"1": learner.answer(1, 0)}
    learner.wait_until_saved()
    learner.cut()
    unsent = {"1": learner.answer(1, 1), "5": learner.answer(5, 1)}
    expect(learner.page.locator("[data-saved]")).to_contain_text("2题待保存")
    learner.page.wait_for_timeout(300)
    _kill_the_browser(tmp_path / "profile")
    assert learner.counted() == saved

    for left in (tmp_path / "profile").glob("Singleton*"):
        left.unlink()
    context = chromium.launch_persistent_context(**options)
    context.set_default_timeout(PATIENCE)
    learner.person = _at(context.new_page(), site)
    learner.come_in()
    assert learner.chosen(1) == unsent["1"]
    learner.wait_until_saved()
    assert learner.counted() == unsent
    context.close()


def _at(page: Page, site: Site) -> Visitor:
    person = Visitor(page, site.address)
    person.expected_texts.add("ERR_INTERNET_DISCONNECTED")
    return person


def _kill_the_browser(profile: Path) -> None:
    """kill -9 for the process that we started with this profile; its children go with it."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}" in words and not any(word.startswith("--type=") for word in words):
            os.kill(int(entry.name), signal.SIGKILL)
            return
    raise AssertionError("the browser was not found")


def test_a_browser_that_refuses_every_store_says_so_and_still_saves(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    learner.page.add_init_script(
        """
        Object.defineProperty(window, "indexedDB", { get() { throw new Error("refused"); } });
        Object.defineProperty(window, "localStorage", { get() { throw new Error("refused"); } });
        """
    )
    learner.open()
    expect(learner.notice()).to_contain_text("不在设备上保存数据")
    learner.person.look()
    given = {"3": learner.answer(3, 2)}
    learner.wait_until_saved()
    assert learner.counted() == given


def test_without_indexeddb_answers_wait_in_local_storage(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    refuse = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('refused'); } });"
    learner.page.add_init_script(refuse)
    learner.open()
    expect(learner.notice()).to_be_hidden()
    learner.cut()
    given = {"1": learner.answer(1, 1)}
    page = learner.page.context.new_page()
    page.add_init_script(refuse)
    learner.page.close()
    learner.person.page = page
    learner.mend()
    learner.open()
    assert learner.chosen(1) == given["1"]
    learner.wait_until_saved()
    assert learner.counted() == given
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('exam'))") == []
