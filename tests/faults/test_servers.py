"""The database and Redis are killed in the middle of exams: the server profile, on servers of its own."""

import threading
import time

import pytest
from django.db import connection

from tests.faults.conftest import IS_LONG
from tests.faults.learner import all_at_once, all_scored_once, learners
from tests.faults.stand import until

PEOPLE, KILLS, DOWN = (24, 5, 10.0) if IS_LONG else (4, 1, 1.0)


@pytest.fixture
def servers(request):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL and Redis: set DATABASE_URL (.ci/run does)")
    return request.getfixturevalue("stand")


def _answer_during(people, rounds, fault):
    """Everybody answers while `fault` happens in a thread; returns when the first one happened."""
    moments = []
    thread = threading.Thread(target=fault, args=(moments,))
    thread.start()
    all_at_once([lambda person=person: person.answer_everything(rounds) for person in people])
    thread.join()
    return moments[0]


def test_kill_9_and_restart_of_the_database_in_the_middle_of_saves(servers, tell):
    people = learners(servers, PEOPLE)
    rounds = 10 * KILLS

    def fault(moments):
        for _ in range(KILLS):
            time.sleep(1)
            moments.append(time.monotonic())
            servers.postgres.kill()
            time.sleep(DOWN)
            servers.postgres.start()

    began = _answer_during(people, rounds, fault)
    all_at_once([person.hand_in for person in people])
    found = tell(people, began)
    assert (found["acked"], found["lost"], found["duplicated"]) == (PEOPLE * rounds * 10, 0, 0)
    assert all_scored_once(people)


def test_saves_and_handing_in_go_on_while_redis_is_dead(servers, tell):
    people = learners(servers, PEOPLE)

    def fault(moments):
        time.sleep(0.5)
        moments.append(time.monotonic())
        servers.redis.kill()

    began = _answer_during(people, 10, fault)
    tries = all_at_once([person.hand_in for person in people])
    servers.redis.start()
    found = tell(people, began)
    assert (found["acked"], found["lost"], found["duplicated"]) == (PEOPLE * 100, 0, 0)
    assert tries == [1] * PEOPLE
    assert all_scored_once(people)


def test_celery_sweeps_again_after_it_redis_and_the_database_were_killed(servers, tell):
    people = learners(servers, 3)
    all_at_once([lambda person=person: person.answer_everything(1) for person in people])
    servers.start_celery()
    servers.kill_celery()
    servers.redis.kill()
    servers.postgres.kill()
    for person in people:
        assert person.post("submit", {})[0] in (0, 500)
    servers.postgres.start()
    servers.redis.start()
    for person in people:
        servers.ask("run_out", attempt=person.attempt, seconds_ago=60)
    began = time.monotonic()
    servers.start_celery()
    until(lambda: servers.ask("stuck") == 0)
    servers.kill_celery()
    for person in people:
        person.moments.append(time.monotonic())
    found = tell(people, began)
    assert (found["acked"], found["lost"], found["duplicated"]) == (30, 0, 0)
    assert all_scored_once(people)
