"""A log under attack: a database of its own, its folder, the process that knows it, and a proxy that can go silent."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.faults.stand import ROOT, Postgres


class LogStand:
    """One log. `postgres` is the cluster that its database `name` lies in; without one it is a file of SQLite."""

    def __init__(self, folder: Path, secret: str, pristine: Path | None, postgres: Postgres | None, name: str) -> None:
        self.folder, self.postgres, self.name, self.pristine = folder, postgres, name, pristine
        self.site = folder / "site.sqlite3"
        if postgres is None:
            assert pristine is not None
            shutil.copy(pristine, self.site)
        else:
            self.sql(f"CREATE DATABASE {name} TEMPLATE pristine")
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in {"XINXING_TEST_DB", "REDIS_URL", "DATABASE_URL"}},
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": self.url(),
            "XINXING_VAR_DIR": str(folder),
            "XINXING_SECRET_KEY": secret,
            "XINXING_LOG_LEVEL": "CRITICAL",
        }
        self.seen: list[list[Any]] = []
        self.process: subprocess.Popen[str] | None = None
        self.start()

    def url(self) -> str:
        """The address of the database."""
        if self.postgres is None:
            return f"sqlite:///{self.site}"
        return f"postgres://xinxing@127.0.0.1:{self.postgres.port}/{self.name}"

    def start(self) -> None:
        """The process that knows the database."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.logbook"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "logbook.log").open("ab"),
            text=True,
            start_new_session=True,
        )

    def ask(self, verb: str, **arguments: Any) -> Any:
        """What it says."""
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([verb, arguments]) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        assert "problem" not in reply, reply["problem"]
        return reply["said"]

    def look(self) -> int:
        """Remember the published head as anybody could have seen it; returns its size."""
        head = self.ask("shown")
        if head not in self.seen:
            self.seen.append(head)
        return int(head[0])

    def leave(self) -> None:
        """End the process."""
        if self.process is not None:
            try:
                self.process.communicate(timeout=30)
            except subprocess.TimeoutExpired:  # a test that failed has left writers behind
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.communicate()
                raise
            finally:
                self.process = None

    # ── backups ──────────────────────────────────────────────────────────────────────────────────────
    def sql(self, statement: str) -> None:
        """One statement as the cluster's owner."""
        assert self.postgres is not None
        command = ["psql", "-q", "-h", "127.0.0.1", "-p", str(self.postgres.port), "-U", "xinxing", "-d", "postgres"]
        subprocess.run([*command, "-v", "ON_ERROR_STOP=1", "-c", statement], check=True, capture_output=True)

    def back_up(self, path: Path) -> None:
        """As docs/operations.md says."""
        if self.postgres is None:
            with sqlite3.connect(self.site) as source, sqlite3.connect(path) as target:
                source.backup(target)
            source.close()
            target.close()
            return
        self._tool("pg_dump", "--format=custom", "--file", str(path), self.name)

    def restore(self, path: Path) -> None:
        """The database of a backup in the place of this one."""
        self.leave()
        if self.postgres is None:
            for old in self.folder.glob("site.sqlite3*"):
                old.unlink()
            shutil.copy(path, self.site)
        else:
            self.sql(f"DROP DATABASE {self.name} WITH (FORCE)")
            self.sql(f"CREATE DATABASE {self.name}")
            self._tool("pg_restore", "--dbname", self.name, str(path))
        self.start()

    def _tool(self, name: str, *arguments: str) -> None:
        assert self.postgres is not None
        server = ["-h", "127.0.0.1", "-p", str(self.postgres.port), "-U", "xinxing"]
        subprocess.run([name, *server, *arguments], check=True, capture_output=True)


class Proxy:
    """Between a client and a server; `silent` lets nothing through any more, and says nothing about it."""

    def __init__(self, port: int) -> None:
        self._target, self.silent = port, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                while self.silent.is_set():
                    time.sleep(0.05)
                target.sendall(data)
        except OSError:
            return

    def close(self) -> None:
        """No new connections."""
        self._listener.close()
