"""Web workers are killed in the middle of exams."""

import threading
import time

import pytest

from tests.faults.conftest import IS_LONG
from tests.faults.learner import ROUNDS, all_at_once, all_scored_once, learners

PEOPLE, KILLS = (24, 20) if IS_LONG else (4, 2)
PAUSE = 3.0 if IS_LONG else 1.0


def test_kill_9_of_web_workers_in_the_middle_of_saves(stand, tell):
    people = learners(stand, PEOPLE)
    rounds = ROUNDS * KILLS * 2
    moments = []

    def kill():
        for _ in range(KILLS):
            time.sleep(PAUSE)
            moments.append(time.monotonic())
            stand.kill_a_web_worker()

    killer = threading.Thread(target=kill)
    killer.start()
    all_at_once([lambda person=person: person.answer_everything(rounds) for person in people])
    killer.join()
    all_at_once([person.hand_in for person in people])
    found = tell(people, moments[0])
    assert (found["acked"], found["lost"], found["duplicated"]) == (PEOPLE * rounds * 10, 0, 0)
    assert all_scored_once(people)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_that_dies_around_the_commit_of_a_save_loses_and_doubles_nothing(stand, tell, moment):
    (person,) = learners(stand, 1)
    person.answer_everything(1)
    stand.crash_at("/answers/", moment)
    began = time.monotonic()
    person.save(1, "changed")
    assert not stand.crash_file.exists()
    found = tell([person], began)
    assert (found["acked"], found["lost"], found["duplicated"]) == (11, 0, 0)
    assert len(stand.ask("stored", attempt=person.attempt)) == 11
    assert stand.ask("counted", attempt=person.attempt)["1"] == "changed"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_that_dies_around_the_commit_of_handing_in_makes_one_score(stand, tell, moment):
    (person,) = learners(stand, 1)
    person.answer_everything(1)
    stand.crash_at("/submit/", moment)
    began = time.monotonic()
    assert person.hand_in() > 1
    assert not stand.crash_file.exists()
    person.moments.append(time.monotonic())
    found = tell([person], began)
    assert (found["lost"], found["duplicated"]) == (0, 0)
    assert all_scored_once([person])


def test_a_hundred_hand_ins_at_once_give_one_score(stand, tell):
    (person,) = learners(stand, 1)
    person.answer_everything(1)
    began = time.monotonic()
    others = [_page_of(person) for _ in range(100)]
    all_at_once([page.hand_in for page in others])
    person.moments.append(time.monotonic())
    found = tell([person], began)
    assert (found["acked"], found["lost"], found["duplicated"]) == (10, 0, 0)
    assert all_scored_once([person])


def _page_of(person):
    """The same person once more, with a connection of its own."""
    page = object.__new__(type(person))
    page.__dict__.update(person.__dict__, connection=None)
    return page


def test_of_two_pages_only_the_one_with_the_pen_counts_and_nothing_is_dropped(stand, tell):
    (old,) = learners(stand, 1)
    old.answer_everything(1)
    new = _page_of(old)
    status, pen = new.post("pen", {})
    assert status == 200
    new.pen, new.seq, new.named = {"epoch": pen["epoch"], "token": pen["token"]}, 0, {}
    assert sorted(pen["answers"]) == [[n, 1, right] for n, right in enumerate(old.right, 1)]
    told = []

    def write_on():
        for seq in range(11, 31):
            answer = {"seq": seq, "position": seq % 10 + 1, "value": "stale"}
            told.append(old.post("answers", {**old.pen, "answers": [answer]}))

    all_at_once([write_on, lambda: new.answer_everything(2)])
    assert {(status, data["error"]) for status, data in told} == {(409, "elsewhere")}
    assert [data["accepted"] for _status, data in told] == [[seq] for seq in range(11, 31)]
    rows = stand.ask("stored", attempt=old.attempt)
    assert [row[4] for row in rows if row[0] == 1] == [False] * 10 + [True] * 20
    assert stand.ask("counted", attempt=old.attempt) == {str(n): right for n, right in enumerate(new.right, 1)}
    new.hand_in()
    tell([old], time.monotonic())
    assert all_scored_once([new])


def test_a_sweeper_killed_half_way_and_started_late_closes_each_exam_once_at_its_end(stand, tell):
    people = learners(stand, 5)
    all_at_once([lambda person=person: person.answer_everything(1) for person in people])
    for person in people:
        stand.ask("run_out", attempt=person.attempt, seconds_ago=600)
    stand.crash_at("sweep-3", "before")
    began = time.monotonic()
    code, _said = stand.sweep()
    assert code == -9
    assert not stand.crash_file.exists()
    assert stand.ask("stuck") == 3
    code, said = stand.sweep()
    assert (code, said) == (0, "3")
    for person in people:
        person.moments.append(time.monotonic())
    found = tell(people, began)
    assert (found["acked"], found["lost"], found["duplicated"]) == (50, 0, 0)
    assert all_scored_once(people)
    assert stand.ask("stuck") == 0
    assert {stand.ask("outcome", attempt=person.attempt)["late_by"] for person in people} == {30.0}
