"""The site under attack: its own database, the web server as `manage.py serve` starts it, and what else it needs."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
WORKERS, THREADS = 2, 4


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(question: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait until it is true; AssertionError when the time is over."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The process ids of the children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def listens(port: int) -> bool:
    """True if something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Postgres:
    """A cluster of our own in a temporary folder, run by a user who is not root, as PostgreSQL demands."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="xinxing-pg-"))
        self.port = free_port()
        self.data = self.folder / "data"
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.run("initdb", "-D", str(self.data), "-U", "xinxing", "--auth=trust", "-E", "UTF8", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"port={self.port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\n")
            settings.write("shared_buffers=32MB\nmax_connections=60\n")
        self.url = f"postgres://xinxing@127.0.0.1:{self.port}/xinxing"

    @staticmethod
    def program(name: str) -> str | None:
        """Where a program of the server is, if it is installed."""
        folders = [str(p) for p in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
        return shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))

    def run(self, name: str, *arguments: str) -> None:
        """Run one of the server's programs as its user."""
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        log = (self.folder / "run.log").open("ab") if os.geteuid() != 0 else subprocess.DEVNULL
        command = [*become, str(self.program(name)), *arguments]
        done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        assert done.returncode == 0, f"{name}: {done.returncode}"

    def start(self) -> None:
        """Start, or start again after a kill: recovery included."""
        until(lambda: self._try_to_start(), 60)

    def _try_to_start(self) -> bool:
        try:
            self.run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "server.log"), "-w", "start")
        except AssertionError:
            return False
        return True

    def kill(self) -> None:
        """kill -9 the postmaster and everything it started."""
        master = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        family = [master, *children(master)]
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 30)

    def leave(self) -> None:
        """Stop it and remove the folder."""
        if (self.data / "postmaster.pid").exists():
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A Redis of our own that keeps nothing on the disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or start again after a kill."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: listens(self.port), 20)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Stand:
    """The site: web server, the process inside, and files that tell processes to crash."""

    def __init__(self, folder: Path, url: str, secret: str, redis: Redis | None, postgres: Postgres | None) -> None:
        self.folder, self.redis, self.postgres = folder, redis, postgres
        self.port = free_port()
        self.crash_file = folder / "crash"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in {"XINXING_TEST_DB", "REDIS_URL", "DATABASE_URL"}},
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": url,
            "XINXING_VAR_DIR": str(folder),
            "XINXING_SECRET_KEY": secret,
            "XINXING_LOG_LEVEL": "ERROR",
            "XINXING_CRASH_FILE": str(self.crash_file),
            **({"REDIS_URL": redis.url} if redis else {}),
        }
        self.server: subprocess.Popen[bytes] | None = None
        self.inside: subprocess.Popen[str] | None = None
        self.celery: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Web server and the process inside, both ready."""
        command = [
            *(sys.executable, "-m", "gunicorn", "tests.faults.wsgi:application", "--bind", f"127.0.0.1:{self.port}"),
            *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
            *("--timeout", "60", "--graceful-timeout", "2", "--keep-alive", "15", "--no-control-socket"),
            *("--log-level", "critical"),
        ]
        log = (self.folder / "server.log").open("ab")
        self.server = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self.inside = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.inside"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "inside.log").open("ab"),
            text=True,
        )
        until(lambda: listens(self.port) and len(self.web_workers()) == WORKERS)

    def ask(self, verb: str, **arguments: Any) -> Any:
        """What the process inside says."""
        assert self.inside is not None
        assert self.inside.stdin is not None
        assert self.inside.stdout is not None
        self.inside.stdin.write(json.dumps([verb, arguments]) + "\n")
        self.inside.stdin.flush()
        reply = json.loads(self.inside.stdout.readline())
        assert "problem" not in reply, reply["problem"]
        return reply["said"]

    def web_workers(self) -> list[int]:
        """The process ids of the server's workers."""
        assert self.server is not None
        return children(self.server.pid)

    def kill_a_web_worker(self) -> None:
        """kill -9 one of them; the server starts another one."""
        os.kill(self.web_workers()[0], signal.SIGKILL)

    def crash_at(self, place: str, moment: str) -> None:
        """The next process that commits there kills itself."""
        partial = self.folder / "crash.partial"
        partial.write_text(f"{place} {moment}", encoding="utf-8")
        partial.replace(self.crash_file)

    def sweep(self) -> tuple[int, str]:
        """One run of the sweeper in a process of its own: exit code and what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.sweeper"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout.strip()

    def start_celery(self) -> None:
        """A Celery worker with beat, as the server profile runs it."""
        log = (self.folder / "celery.log").open("ab")
        command = [sys.executable, "-m", "celery", "-A", "elearning", "worker", "--beat", "--concurrency", "1"]
        command += ["--pool", "solo", "--schedule", str(self.folder / "beat"), "--loglevel", "warning"]
        self.celery = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def kill_celery(self) -> None:
        """kill -9."""
        if self.celery is not None:
            self.celery.kill()
            self.celery.wait()
            self.celery = None

    def leave(self) -> None:
        """End everything."""
        self.kill_celery()
        if self.inside is not None:
            self.inside.communicate(timeout=30)
        if self.server is not None:
            self.server.send_signal(signal.SIGQUIT)
            try:
                self.server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(self.server.pid, signal.SIGKILL)
                self.server.wait()
        if self.redis is not None:
            self.redis.kill()
        if self.postgres is not None:
            self.postgres.leave()
