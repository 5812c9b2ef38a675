"""The public log under load: whatever dies, every acknowledged entry is in it once, and no head was ever taken back.

The numbers are those of the failure list (F10 to F17). Each test prints acked / lost / duplicated / seconds to recover.
"""

import errno
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.faults.conftest import IS_LONG, copy_schema
from tests.faults.logstand import LogStand, Proxy
from tests.faults.stand import until

POINTS = ("placed", "signed", "committed", "tile", "tiles-written", "asked", "checkpoint-written")
KILLED = -9
ROUNDS = 10 if IS_LONG else 1


@pytest.fixture(scope="module")
def pristine(stand: Any, tmp_path_factory: Any, django_db_blocker: Any) -> Path | None:
    """An empty database with the schema: a file, or `pristine` in the cluster of the tests."""
    if stand.postgres is not None:
        with django_db_blocker.unblock():
            copy_schema(stand.postgres, "pristine")
        return None
    path: Path = tmp_path_factory.mktemp("pristine") / "empty.sqlite3"
    with django_db_blocker.unblock():
        connection.ensure_connection()
        with sqlite3.connect(path) as target:
            connection.connection.backup(target)
        target.close()
    return path


@pytest.fixture
def log(stand: Any, pristine: Path | None, tmp_path: Path, request: Any) -> Any:
    """A log of its own that has begun."""
    name = f"log_{abs(hash(request.node.name)) % 10**8}"
    made = LogStand(tmp_path, settings.SECRET_KEY, pristine, stand.postgres, name)
    assert made.ask("write", count=300) == 300
    assert made.ask("sequence") == [0, ""]
    made.look()
    yield made
    made.leave()


@pytest.fixture
def settle(log: LogStand, record_property: Any, request: Any) -> Any:
    """Let a healthy sequencer finish, reckon up, and note it down."""

    def finish(broke_at: float) -> dict[str, Any]:
        assert log.ask("sequence") == [0, ""]
        seconds = round(time.monotonic() - broke_at, 1)
        log.look()
        found: dict[str, Any] = log.ask("reckon", seen=log.seen)
        assert (found["lost"], found["duplicated"], found["waiting"]) == (0, 0, 0)
        assert found["acked"] > 300
        name = request.node.name.removeprefix("test_").replace("_", " ")
        database = "PostgreSQL" if log.postgres else "SQLite"
        record_property("fault", {"fault": name, "database": database, **found, "seconds_to_recover": seconds})
        return found

    return finish


def test_f10_the_disk_of_the_log_is_full(log, settle):
    folder, began = log.folder / "log", time.monotonic()
    kept = log.folder / "kept"
    shutil.move(folder, kept)
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        folder.rmdir()
        shutil.move(kept, folder)
        pytest.skip("only root may mount a small disk here")
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        log.ask("write", count=3000)
        code, told = log.ask("sequence")
        assert code == 1
        assert "No space left" in told
        assert log.ask("signed_size") == 3300  # signed, and shown when there is room
        assert log.look() == 300
        log.ask("write", count=10)  # whoever signs a letter notices nothing
        subprocess.run(["mount", "-o", "remount,size=20m", str(folder)], check=True)
        assert settle(began)["size"] == 3310
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize(
    ("call", "number"),
    [("fsync", errno.EIO), ("replace", errno.EIO), ("write", errno.ENOSPC), ("write", errno.EROFS)],
)
def test_f11_the_disk_fails(log, settle, call, number):
    began, writer = time.monotonic(), log.ask("load")
    for turn in range(3 + 2 * ROUNDS):
        log.ask("write", count=random.Random(turn).choice([1, 300]))
        nth = turn % 5 + 1  # a round with one entry calls none of them much more often
        code, told = log.ask("sequence", wound={"call": call, "number": number, "nth": nth})
        assert (code, os.strerror(number) in told) == (1, True)
        log.look()
    log.ask("end", pid=writer)
    settle(began)


@pytest.mark.skipif(not IS_LONG, reason="only in the long tier")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(
    "fault", ["fsync:error=EIO:when=3", "rename:error=EIO:when=2", "pwrite64:error=ENOSPC:when=40"]
)
def test_f11_the_kernel_says_that_the_disk_fails(log, settle, fault):
    began = time.monotonic()
    log.ask("write", count=600)
    command = ["strace", "-f", "-o", "/dev/null", "-e", f"inject={fault}", sys.executable]
    done = subprocess.run(
        [*command, "manage.py", "sequence", "--once"], env=log.environment, capture_output=True, text=True
    )
    if "Operation not permitted" in done.stderr:
        pytest.skip("strace may not trace here")
    log.look()
    settle(began)


def test_f12_the_database_falls_silent_in_the_middle(log, settle):
    """The other end is there and says nothing: the server lets its locks go, the watchdog ends the process."""
    if log.postgres is None:
        pytest.skip("SQLite has no connection")
    proxy, began, writer = Proxy(log.postgres.port), time.monotonic(), log.ask("load")
    log.ask("write", count=50)
    stuck = log.ask("sequencer", wound={"database": proxy.port, "hold": "placed"})
    until((log.folder / "held").exists)
    proxy.silent.set()
    (log.folder / "held").unlink()
    assert log.ask("wait", pid=stuck) == 75
    log.ask("end", pid=writer)
    settle(began)
    proxy.close()


def test_f12_the_database_server_is_killed(log, settle):
    if log.postgres is None:
        pytest.skip("SQLite has no server")
    for _round in range(ROUNDS):
        writer, running = log.ask("load"), log.ask("sequencer", once=False)
        until(lambda: log.look() > 310)
        log.postgres.kill()
        began = time.monotonic()
        assert log.ask("wait", pid=running) == 1
        log.postgres.start()
        log.ask("end", pid=writer)
        settle(began)


def test_f13_killed_at_every_point_between_signing_and_publishing(log, settle):
    began, writer = time.monotonic(), log.ask("load")
    for point in POINTS * ROUNDS:
        log.ask("write", count=3)
        assert log.ask("sequence", wound={"at": point})[0] == KILLED
        log.look()
    log.ask("end", pid=writer)
    settle(began)


def test_f14_killed_again_and_again_also_while_recovering(log, settle):
    began, writer, deaths = time.monotonic(), log.ask("load"), 0
    for turn in range(40 * ROUNDS):
        log.ask("write", count=(1, 5, 300)[turn % 3])
        deaths += log.ask("sequence", wound={"chance": 0.12, "seed": turn})[0] == KILLED
        log.look()
    log.ask("end", pid=writer)
    settle(began)
    assert deaths > 20 * ROUNDS


def test_f15_a_backup_of_the_database_is_older_than_the_log(log, settle):
    log.back_up(log.folder / "old.backup")
    log.ask("write", count=20)
    assert log.ask("sequence") == [0, ""]
    assert log.look() == 320
    log.back_up(log.folder / "new.backup")
    began = time.monotonic()
    log.restore(log.folder / "old.backup")
    code, told = log.ask("sequence")
    assert (code, "rolled-back" in told) == (1, True)
    shutil.move(log.folder / "log", log.folder / "moved")  # and the files with it: the memory beside the key knows
    code, told = log.ask("sequence")
    assert (code, "rolled-back" in told) == (1, True)
    shutil.rmtree(log.folder / "log", ignore_errors=True)
    shutil.move(log.folder / "moved", log.folder / "log")
    assert log.ask("signed_size") == 300
    log.restore(log.folder / "new.backup")
    settle(began)


def test_f16_two_sequencers_at_once(log, settle):
    """In one folder the second waits for its turn. In two folders of one database both go on, with one history."""
    other = log.folder / "elsewhere"
    began, writer = time.monotonic(), log.ask("load")
    both = [log.ask("sequencer", once=False) for _ in range(2)]
    both.append(log.ask("sequencer", once=False, folder=str(other)))
    until(lambda: log.look() > 400)
    until(lambda: (other / "checkpoint").exists())
    log.ask("end", pid=writer)
    for pid in both:
        log.ask("end", pid=pid)
    found = settle(began)
    lines = (other / "checkpoint").read_text(encoding="utf-8").split("\n")
    assert int(lines[1]) <= found["size"]
    for path in (other / "tile").rglob("*"):
        mine = log.folder / "log" / path.relative_to(other)
        if path.is_file() and mine.exists():
            assert path.read_bytes() == mine.read_bytes()


def test_f17_a_bit_flips(log, settle):
    began = time.monotonic()
    log.ask("write", count=5)
    code, told = log.ask("sequence", wound={"flip": "placed"})
    assert (code, "bit-flip" in told) == (1, True)
    assert log.ask("signed_size") == 300  # nothing was signed, nothing has a place
    assert log.ask("sequence") == [0, ""]
    last = log.ask("last_place")
    log.ask("flip", place=last)
    code, told = log.ask("sequence")
    assert (code, "bit-flip" in told) == (1, True)
    assert "differ" in log.ask("audited")
    log.ask("flip", place=last)
    for tile in ("tile/0/000", "tile/entries/000", f"tile/0/001.p/{last + 1 - 256}"):
        path = log.folder / "log" / tile
        good = path.read_bytes()
        path.write_bytes(good[:40] + bytes([good[40] ^ 4]) + good[41:])
        assert log.ask("audited") != ""
        path.write_bytes(good)
    assert log.ask("audited") == ""
    settle(began)
