"""A migrated database, made once for each state of the migrations and copied by whoever needs one: on SQLite a file,
on PostgreSQL a template database.

Migrating from nothing takes most of a minute, and a run of all tests needs six such databases.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "migrated"
TEMPLATE = "xinxing_migrated_"
TEMPLATES = 4  # of as many states of the migrations a server keeps one; branches take turns


def _state() -> str:
    """What the database depends on: our migrations, and the packages that bring their own."""
    told = hashlib.sha256()
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]):
        told.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    told.update((ROOT / "requirements" / "base.lock").read_bytes())
    return told.hexdigest()[:16]


def _migrate(folder: str, **settings: str) -> None:
    """Migrate an empty database in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "XINXING_TEST_DB"}}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "elearning.settings.test", "XINXING_VAR_DIR": folder, **settings}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def _made(target: Path) -> None:
    """A migrated file; it appears whole or not at all."""
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        _migrate(folder)
        os.replace(Path(folder) / "xinxing.sqlite3", target)  # the last connection has folded its log into it


def migrated_file() -> Path:
    """Where a migrated SQLite file lies, made if it is not there yet."""
    KEPT.mkdir(parents=True, exist_ok=True)
    source = KEPT / f"{_state()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:  # of several processes one migrates and the others wait
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not source.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            _made(source)
    return source


def copy_to(path: Path) -> None:
    """Put a migrated database at `path`, whatever is there. A `migrate` on it finds only its last signals to do."""
    source = migrated_file()
    for leftover in (f"{path}-wal", f"{path}-shm"):
        Path(leftover).unlink(missing_ok=True)
    shutil.copyfile(source, path)


def template(url: str) -> str:
    """The name of a migrated database on this PostgreSQL server, for `CREATE DATABASE … TEMPLATE`."""
    name = TEMPLATE + _state()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [TEMPLATE])  # until the connection ends
        found = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid", [f"{TEMPLATE}%"])
        names = [row[0] for row in found]
        if name in names:
            return name
        for old in names[: -TEMPLATES + 1]:
            server.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "making_{name}"')
        try:
            with tempfile.TemporaryDirectory() as folder:
                _migrate(folder, DATABASE_URL=f"{url.rsplit('/', 1)[0]}/making_{name}")
            server.execute(f'ALTER DATABASE "making_{name}" RENAME TO "{name}"')
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "making_{name}" WITH (FORCE)')
    return name


if __name__ == "__main__":  # both at once, on two cores: `.ci/run` does it beside the checks
    with ThreadPoolExecutor() as both:
        for each in (both.submit(migrated_file), both.submit(template, os.environ["DATABASE_URL"])):
            each.result()
