"""The end of an exam: on time, without network, and on somebody else's clock."""

from playwright.sync_api import expect

from tests.e2e import walks
from tests.e2e.conftest import Meet, Site
from tests.e2e.sitter import sitter

RESULT = "**/result/"
CLOSED = {"state": "submitted", "scores": 1}


def test_when_the_time_is_over_the_page_hands_in_and_follows_to_the_result(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    given = {"1": learner.answer(1, 0)}
    learner.wait_until_saved()
    site.insider.ask("end", attempt=learner.attempt, seconds_ago=1)
    given["2"] = learner.answer(2, 0)  # within the grace period
    learner.page.wait_for_url(RESULT, timeout=60_000)
    learner.person.look()
    outcome = site.insider.ask("outcome", attempt=learner.attempt)
    assert {key: outcome[key] for key in CLOSED} == CLOSED
    assert learner.counted() == given


def test_a_deadline_that_passes_without_network_keeps_what_came_late(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    learner.person.expected_statuses.add(409)
    given = {"1": learner.answer(1, 0)}
    learner.wait_until_saved()
    learner.cut()
    late = learner.answer(2, 1)
    site.insider.ask("end", attempt=learner.attempt, seconds_ago=60)
    # The device does not know: its clock is brought to the end.
    learner.page.evaluate("performance.now = ((now) => () => now.call(performance) + 3600 * 1000)(performance.now)")
    expect(learner.notice()).to_contain_text("时间到了，网络还没有恢复", timeout=60_000)
    assert learner.page.locator("#q1 input").first.is_disabled()
    learner.person.look()
    site.insider.ask("sweep")
    assert site.insider.ask("outcome", attempt=learner.attempt)["state"] == "submitted"
    learner.mend()
    learner.page.wait_for_url(RESULT, timeout=60_000)
    outcome = site.insider.ask("outcome", attempt=learner.attempt)
    assert {key: outcome[key] for key in CLOSED} == CLOSED
    assert learner.counted() == given
    assert [row[1:] for row in site.insider.ask("late", attempt=learner.attempt)] == [[2, late]]
    assert walks.kept_answers(learner.page) == []


def test_a_device_whose_clock_runs_fast_does_not_hand_in_before_the_server_says_so(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    learner.page.evaluate("performance.now = ((now) => () => now.call(performance) + 3600 * 1000)(performance.now)")
    learner.page.wait_for_timeout(1500)  # the page's clock ticks past its end, and asks the server
    expect(learner.page.locator("#q1 input").first).to_be_enabled(timeout=60_000)
    expect(learner.notice()).to_be_hidden()
    given = {"1": learner.answer(1, 0)}
    learner.wait_until_saved()
    assert learner.counted() == given
    assert site.insider.ask("outcome", attempt=learner.attempt)["state"] == "open"


def test_answers_of_a_page_closed_before_the_end_are_offered_from_the_result(site: Site, meet: Meet) -> None:
    learner = sitter(site, meet)
    learner.person.expected_statuses.add(409)
    learner.cut()
    late = learner.answer(3, 1)
    page = learner.close(unsent=1)
    learner.mend()
    site.insider.ask("end", attempt=learner.attempt, seconds_ago=60)
    site.insider.ask("sweep")
    assert site.insider.ask("outcome", attempt=learner.attempt)["state"] == "submitted"
    page.goto(learner.path)
    page.wait_for_url(RESULT)
    for _tenth in range(100):
        if not walks.kept_answers(page):
            break
        page.wait_for_timeout(100)
    assert walks.kept_answers(page) == []
    assert [row[1:] for row in site.insider.ask("late", attempt=learner.attempt)] == [[3, late]]
    assert learner.counted() == {}
