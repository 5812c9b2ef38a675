"""What is started together stops together, and what dies comes back."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each child starts a child of its own and writes both process ids into a file.
CHILD = "import os, subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); "
CHILD += "open(sys.argv[1], 'a').write(f'{os.getpid()} {p.pid}\\n'); time.sleep(60)"
PROGRAM = """
import sys
from elearning.supervisor import Child, Supervisor
Supervisor([Child("one", [sys.executable, "-c", sys.argv[1], sys.argv[2]])], print).run(lambda: None)
"""


def lines(path):
    return [[int(word) for word in line.split()] for line in path.read_text().splitlines()] if path.exists() else []


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(question, seconds=20):
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def supervised(tmp_path):
    """A running supervisor and the file where its child writes process ids."""
    written = tmp_path / "pids"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, CHILD, str(written)], cwd=ROOT)
    until(lambda: lines(written))
    yield process, written
    process.kill()
    process.wait()
    for pair in lines(written):
        for pid in filter(lives, pair):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_children_and_grandchildren(supervised, number):
    process, written = supervised
    process.send_signal(number)
    assert process.wait(timeout=20) == 0
    until(lambda: not any(lives(pid) for pid in lines(written)[0]))


def test_a_child_that_dies_is_started_again_without_leaving_its_own_children_behind(supervised):
    _process, written = supervised
    child, grandchild = lines(written)[0]
    os.kill(child, signal.SIGKILL)
    until(lambda: len(lines(written)) == 2)
    assert [lives(pid) for pid in (child, grandchild, *lines(written)[1])] == [False, False, True, True]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_supervisor_that_is_killed_takes_its_child_along(supervised):
    process, written = supervised
    process.kill()
    process.wait()
    until(lambda: not lives(lines(written)[0][0]))
