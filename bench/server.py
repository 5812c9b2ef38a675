"""Starts the real server for one database and reads what its processes cost."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")


class Site:
    """One folder, one database, one server."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.folder = ROOT / "var" / "bench" / name
        self.port = _free_port()
        self.environment = {
            **{key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}},
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "XINXING_BENCH": "1",
            "XINXING_VAR_DIR": str(self.folder),
            "XINXING_LOG_LEVEL": "ERROR",
            **({"DATABASE_URL": url} if url else {}),
        }

    def python(self, *arguments: str) -> str:
        """Run the project's Python in this site's environment and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def told(self, code: str) -> Any:
        """What Python code inside `manage.py shell` prints as its last line, read as JSON."""
        return json.loads(self.python("manage.py", "shell", "--no-imports", "-c", code).strip().splitlines()[-1])

    def prepare(self) -> None:
        """An empty folder and a migrated database."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.python("manage.py", "migrate", "--verbosity", "0")
        self.python("manage.py", "createcachetable")
        self.python("manage.py", "collectstatic", "--no-input", "--verbosity", "0")

    def seed(self, learners: int) -> None:
        """The same, filled with demo content whose background work is done."""
        self.prepare()
        self.python("manage.py", "load_demo", "--learners", str(learners))
        self.python("manage.py", "jobs", "--once")

    @contextmanager
    def worker(self) -> Iterator[None]:
        """The background worker as it runs beside the site."""
        command = [sys.executable, "manage.py", "jobs"]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)

    @contextmanager
    def running(self) -> Iterator[int]:
        """The server as `manage.py serve` starts it, without the background worker; yields its process id."""
        command = ["-m", "gunicorn", "elearning.wsgi:application", "--bind", f"{HOST}:{self.port}"]
        command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "30"]
        command += ["--log-level", "warning", "--no-control-socket"]
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _wait(self.port, process)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("the server did not start")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start within a minute")


def database_seconds() -> float:
    """User and system time so far of the PostgreSQL processes that serve the benchmark's database, 0 without any."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if b" xinxing_bench " not in (entry / "cmdline").read_bytes():
                continue
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def cpu_seconds(master: int) -> float:
    """User and system time so far of a process and of its children."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(entry.name) == master or int(fields[1]) == master:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS
