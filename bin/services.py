"""Find, or install and start, PostgreSQL and Redis for the tests; print the variables to use. Standard library only.

    eval "$(python3 bin/services.py xinxing_ci)"      (--empty makes the database anew)

Everything but the two `export` lines goes to standard error. What runs already is used as it is.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from machine import apt_command, apt_install
from stages import SetupError

SOCKETS = Path("/var/run/postgresql")
REDIS_PORT = 6379


def quiet(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command and keep its output."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def note(text: str) -> None:
    """Tell the person; standard output is for the variables."""
    print(text, file=sys.stderr, flush=True)


def listens(port: int) -> bool:
    """True if something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(question: object, seconds: float = 30.0) -> bool:
    """Ask again and again until it is true or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():  # type: ignore[operator]
            return True
        time.sleep(0.5)
    return False


def ensure_installed(program: str, package: str) -> None:
    """Raises SetupError with the command when we may not install."""
    if shutil.which(program):
        return
    note(f"installing {package}")
    if not apt_install([package]):
        raise SetupError(f"{package} is needed. Install it with:\n    {apt_command([package])}")


def reachable() -> str | None:
    """The address of a PostgreSQL server where we may make databases, without the database's name."""
    user = getpass.getuser()
    for address in (f"postgres://{user}@%2Fvar%2Frun%2Fpostgresql", f"postgres://{user}@127.0.0.1"):
        host = str(SOCKETS) if "%2F" in address else "127.0.0.1"
        query = "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)"
        done = quiet(["psql", "-w", "-h", host, "-U", user, "-d", "postgres", "-Atc", query])
        if done.stdout.strip() == "1":
            return address
    return None


def start_postgresql() -> None:
    """Start the cluster that Debian's package made."""
    versions = sorted(Path("/etc/postgresql").glob("*/main")) if Path("/etc/postgresql").is_dir() else []
    if not versions:
        raise SetupError("PostgreSQL is installed but has no cluster; make one with pg_createcluster.")
    version = versions[-1].parent.name
    note(f"starting PostgreSQL {version}")
    quiet(["pg_ctlcluster", "--skip-systemctl-redirect", version, "main", "start"])
    if not until(lambda: quiet(["pg_isready", "-q"]).returncode == 0):
        raise SetupError("PostgreSQL did not start; see /var/log/postgresql.")


def own_role() -> None:
    """On a fresh server only `postgres` may sign in: give this user a role of its own through it."""
    user = getpass.getuser()
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else ["sudo", "-n", "-u", "postgres"]
    quiet([*become, "psql", "-d", "postgres", "-c", f'CREATE ROLE "{user}" LOGIN SUPERUSER'])


def postgresql(database: str, empty: bool = False) -> str:
    """The URL of a database of that name, made if it is not there; `empty` makes it anew."""
    ensure_installed("psql", "postgresql")
    if quiet(["pg_isready", "-q"]).returncode != 0:
        ensure_installed("pg_ctlcluster", "postgresql")
        start_postgresql()
    address = reachable()
    if address is None:
        own_role()
        address = reachable()
    if address is None:
        raise SetupError("PostgreSQL runs but lets nobody in who may make databases; see docs/testing.md.")
    url = address.replace("postgres://", "postgresql://")
    if empty:
        quiet(["psql", "-w", f"{url}/postgres", "-c", f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'])
    quiet(["psql", "-w", f"{url}/postgres", "-c", f'CREATE DATABASE "{database}"'])
    return f"{address}/{database}"


def redis() -> str:
    """The URL of a Redis server, started if none runs. Database 9, so that nothing of another project is touched."""
    if not listens(REDIS_PORT):
        ensure_installed("redis-server", "redis-server")
        note("starting Redis")
        options = ["--daemonize", "yes", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        quiet(["redis-server", "--port", str(REDIS_PORT), *options])
        if not until(lambda: listens(REDIS_PORT)):
            raise SetupError("Redis did not start.")
    return f"redis://127.0.0.1:{REDIS_PORT}/9"


def main() -> int:
    """Print the two variables; returns 1 with a message when something is missing."""
    try:
        names = [word for word in sys.argv[1:] if not word.startswith("-")]
        url, broker = postgresql(names[0] if names else "xinxing", empty="--empty" in sys.argv), redis()
    except SetupError as error:
        note(f"\n{error}")
        return 1
    print(f"export DATABASE_URL='{url}'\nexport REDIS_URL='{broker}'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
