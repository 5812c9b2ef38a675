"""A real Celery worker beside the tests. Without PostgreSQL and Redis these tests are skipped and say so."""

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as `server`."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.server)


@pytest.fixture
def servers() -> Iterator[None]:
    """Skip unless the tests run on PostgreSQL with a Redis beside it; one test at a time, for there is one broker.

    Not by running them together in one process: they empty tables at their end, and so they come last.
    """
    if connection.vendor != "postgresql" or not settings.REDIS_URL:
        pytest.skip("needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL (.ci/run does)")
    with (Path(tempfile.gettempdir()) / "xinxing-tests-broker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Worker:
    """One `celery worker` process on the test database."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start it and wait until it says that it is ready."""
        parameters = connection.get_connection_params()
        host = parameters["host"].replace("/", "%2F")
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "elearning.settings.test",
            "DATABASE_URL": f"postgres://{parameters['user']}@{host}/{parameters['dbname']}",
        }
        command = [sys.executable, "-m", "celery", "-A", "elearning", "worker", "--pool", "solo", "--loglevel", "info"]
        command += options
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        until(lambda: "ready." in self.log.read_text(), 40)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.log.write_text("")


def until(question: Any, seconds: float) -> None:
    """Wait until it is true; AssertionError when the time is over."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def worker(servers: None, transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A worker that is not started yet; it is killed at the end."""
    worker = Worker(tmp_path / "celery.log")
    yield worker
    worker.kill()
