"""Two tabs, two devices, other people, other clocks: what an exam's page does about them."""

from typing import Any

from playwright.sync_api import Route, expect

from tests.e2e import walks
from tests.e2e.conftest import PASSWORD, VIEWPORTS, Meet, Site
from tests.e2e.sitter import Sitter, sitter

HOURS_OFF = """
const real = Date.now;
Date.now = () => real.call(Date) + 5 * 3600 * 1000;
const Plain = Date;
window.Date = class extends Plain { constructor(...a) { a.length ? super(...a) : super(Date.now()); } };
"""
MERGE = """async ([unsent, answers]) => {
    const { merge } = await import("/static/js/exams-merge.js");
    const told = merge(unsent, answers);
    return [told.win, told.lose, told.done].map((records) => records.map((record) => record.id));
}"""


def _unsent(id: str, epoch: int, seq: int, position: int, value: Any) -> dict[str, Any]:  # noqa: A002
    return {"id": id, "epoch": epoch, "seq": seq, "position": position, "value": value}


def test_unsent_answers_win_unless_the_question_was_answered_in_a_later_epoch(site: Site, meet: Meet) -> None:
    page = meet().page
    page.goto("/accounts/login/")
    unsent = [
        _unsent("older", 2, 1, 1, "a"),
        _unsent("newest of its question", 2, 2, 1, "b"),
        _unsent("answered later elsewhere", 2, 3, 2, "c"),
        _unsent("cleared later elsewhere", 2, 4, 3, "d"),
        _unsent("answered before under the same pen", 2, 5, 4, "e"),
        _unsent("the server has it", 2, 6, 5, {"x": ["1"], "a": "2"}),
        _unsent("nothing, and the server has nothing", 2, 7, 6, None),
        _unsent("taken back here", 2, 8, 7, None),
    ]
    answers = [[2, 3, "z"], [3, 3, None], [4, 2, "old"], [5, 4, {"a": "2", "x": ["1"]}], [7, 1, "old"]]
    win, lose, done = page.evaluate(MERGE, [unsent, answers])
    assert win == ["newest of its question", "answered before under the same pen", "taken back here"]
    assert lose == ["answered later elsewhere", "cleared later elsewhere"]
    assert done == ["older", "the server has it", "nothing, and the server has nothing"]


def test_a_phone_that_comes_back_overwrites_nothing_newer_and_fills_what_was_not_touched(
    site: Site, meet: Meet
) -> None:
    phone = sitter(site, meet)
    phone.person.expected_statuses.add(409)
    phone.cut()
    stale, untouched = phone.answer(1, 0), phone.answer(2, 1)
    tablet = phone.another(meet)
    tablet.come_in()
    newer = tablet.answer(1, 2)
    tablet.wait_until_saved()
    phone.mend()
    expect(phone.page.locator("[data-continue] button")).to_be_visible(timeout=60_000)
    expect(phone.notice()).to_contain_text("别的页面或设备")
    assert phone.page.locator("#q1 input").first.is_disabled()
    phone.person.look()
    assert phone.counted() == {"1": newer}
    assert sorted(row[2] for row in site.insider.ask("late", attempt=phone.attempt)) == sorted([stale, untouched])

    phone.page.locator("[data-continue] button").click()
    expect(phone.notice()).to_contain_text("第1题在别的页面或设备上有更新的答案", timeout=60_000)
    assert [phone.chosen(1), phone.chosen(2)] == [newer, untouched]
    phone.wait_until_saved()
    assert phone.counted() == {"1": newer, "2": untouched}
    phone.person.look()


def test_going_on_is_not_stopped_by_what_is_said_of_the_pen_that_was_given_up(site: Site, meet: Meet) -> None:
    phone = sitter(site, meet)
    phone.person.expected_statuses.add(409)
    untouched = phone.answer(2, 1)
    phone.wait_until_saved()
    tablet = phone.another(meet)
    tablet.come_in()
    waiting = phone.answer(3, 0)
    expect(phone.page.locator("[data-continue] button")).to_be_visible(timeout=60_000)

    held: dict[str, Route] = {}
    phone.page.route("**/pen/", lambda route: held.update(pen=route))
    phone.page.route("**/pulse/", lambda route: held.update(pulse=route))
    with phone.page.expect_request("**/pulse/"):
        phone.page.evaluate("dispatchEvent(new Event('focus'))")
    with phone.page.expect_request("**/pen/"):
        phone.page.locator("[data-continue] button").click()
    with phone.page.expect_response("**/pulse/") as said:
        held["pulse"].continue_()
    assert said.value.json()["state"] == "elsewhere"
    phone.page.evaluate("new Promise((done) => setTimeout(done, 100))")
    held["pen"].continue_()
    phone.page.unroute_all()
    phone.wait_until_saved()
    assert phone.counted() == {"2": untouched, "3": waiting}


def test_another_device_asks_first_and_the_first_one_can_go_on_again(site: Site, meet: Meet) -> None:
    phone = Sitter(site, meet(**VIEWPORTS["phone"]), None)
    phone.person.expected_statuses.add(409)
    phone.begin()
    given = {"1": phone.answer(1, 0)}
    phone.wait_until_saved()
    tablet = phone.another(meet)
    tablet.person.expected_statuses.add(409)
    tablet.person.sign_in(tablet.username, PASSWORD)
    tablet.page.goto(tablet.path)
    tablet.person.look()
    tablet.go_on_here()
    assert tablet.chosen(1) == given["1"]
    given["2"] = tablet.answer(2, 0)
    tablet.wait_until_saved()
    unsaved = phone.answer(3, 1)
    expect(phone.page.locator("[data-continue] button")).to_be_visible(timeout=60_000)
    phone.page.locator("[data-continue] button").click()
    phone.go_on_here()
    assert [phone.chosen(2), phone.chosen(3)] == [given["2"], unsaved]
    phone.wait_until_saved()
    assert phone.counted() == {**given, "3": unsaved}


def test_of_two_tabs_the_older_one_stops_by_itself(site: Site, meet: Meet) -> None:
    first = sitter(site, meet, "desktop")
    first.person.expected_statuses.add(409)
    given = first.answer(1, 0)
    first.wait_until_saved()
    second: Sitter = object.__new__(Sitter)
    second.__dict__.update(first.__dict__)
    second.person = type(first.person)(first.page.context.new_page(), site.address)
    second.open()
    assert second.chosen(1) == given
    changed = second.answer(1, 1)
    second.wait_until_saved()
    first.page.bring_to_front()
    first.answer(2, 0)
    expect(first.page.locator("[data-continue] button")).to_be_visible(timeout=60_000)
    assert first.counted() == {"1": changed}
    first.page.locator("[data-continue] button").click()
    first.wait_until_saved()
    assert first.chosen(1) == changed
    assert sorted(first.counted()) == ["1", "2"]
    assert second.person.complaints == []


def test_signed_out_in_the_middle_the_page_waits_for_signing_in_again(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    learner.person.expected_statuses |= {401, 403, 404}
    first = learner.answer(1, 0)
    learner.wait_until_saved()
    learner.page.context.clear_cookies(name="sessionid")
    given = {"1": first, "2": learner.answer(2, 1)}
    expect(learner.notice()).to_contain_text("重新登录", timeout=60_000)
    learner.person.look()
    assert learner.counted() == {"1": first}

    other = type(learner.person)(learner.page.context.new_page(), site.address)
    other.sign_in("gw00003", PASSWORD)
    expect(learner.notice()).to_contain_text("不是这场考试的考生", timeout=60_000)
    other.page.context.clear_cookies(name="sessionid")
    other.sign_in(learner.username, PASSWORD)
    learner.wait_until_saved()
    expect(learner.notice()).to_be_hidden()
    assert learner.counted() == given


def test_signing_out_on_purpose_leaves_no_answer_on_a_shared_device(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    learner.cut()
    learner.answer(1, 0)
    expect(learner.page.locator("[data-saved]")).to_contain_text("1题待保存")
    page = learner.close(unsent=1)
    learner.mend()
    page.goto("/accounts/logout/")
    assert len(walks.kept_answers(page)) == 1
    page.locator("main form .btn--go").click()
    page.wait_for_url(lambda url: "logout" not in url)
    assert walks.kept_answers(page) == []


def test_a_device_whose_clock_is_hours_off_shows_the_right_time_and_saves(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet, seconds_left=1800)
    learner.page.add_init_script(HOURS_OFF)
    learner.open()
    shown = learner.page.locator(".clock .v")
    minutes = int(shown.inner_text().split(":")[0])
    assert 20 <= minutes < 30
    given = {"4": learner.answer(4, 0)}
    learner.wait_until_saved()
    learner.page.evaluate("Date.now = () => 0")
    learner.page.wait_for_timeout(1500)
    assert minutes - int(shown.inner_text().split(":")[0]) <= 2
    assert learner.counted() == given


def test_a_locked_page_shows_no_question_and_goes_on_when_it_is_unlocked(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    given = {"1": learner.answer(1, 0)}
    learner.wait_until_saved()
    site.insider.ask("lock", attempt=learner.attempt, locked=True)
    learner.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(learner.page.locator("[data-lock]")).to_be_visible()
    expect(learner.page.locator("#q1")).to_be_hidden()
    learner.person.look()
    site.insider.ask("lock", attempt=learner.attempt, locked=False)
    expect(learner.page.locator("#q1")).to_be_visible(timeout=60_000)
    expect(learner.page.locator("[data-lock]")).to_be_hidden()
    given["2"] = learner.answer(2, 0)
    learner.wait_until_saved()
    assert learner.counted() == given


def test_leaving_copying_and_printing_are_told_to_the_invigilator(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    page = learner.page
    with page.expect_response("**/pulse/"):
        page.evaluate(
            """Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));"""
        )
    with page.expect_response("**/pulse/"):
        page.evaluate(
            """Object.defineProperty(document, "hidden", { value: false, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));"""
        )
    copied = page.evaluate(
        """() => document.querySelector("#q1 .q-stem").dispatchEvent(
            new ClipboardEvent("copy", { bubbles: true, cancelable: true }))"""
    )
    assert copied is False
    with page.expect_response("**/pulse/"):
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_timeout(500)
    assert site.insider.ask("events", attempt=learner.attempt) == ["left", "back", "copy", "print"]


def test_more_minutes_given_in_the_middle_show_and_are_announced(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet, seconds_left=900)
    site.insider.ask("give_minutes", attempt=learner.attempt, minutes=20)
    learner.answer(1, 0)
    expect(learner.notice()).to_contain_text("延长了20分钟", timeout=60_000)
    expect(learner.page.locator("[data-announce]")).to_contain_text("延长了20分钟")
    assert int(learner.page.locator(".clock .v").inner_text().split(":")[0]) > 25
    learner.person.look()
