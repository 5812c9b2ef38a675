"""The demo site that the browser tests begin from: made once in a run, and copied by every process that drives a
browser. Making it takes a minute, copying it a second."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.migrated import copy_to, template

ROOT = Path(__file__).resolve().parents[2]
LEARNERS = 24
ADDRESS = "http://127.0.0.1:8000"  # a copy listens elsewhere
FILE = "xinxing.sqlite3"
NOT_OURS = {"XINXING_TEST_DB", "REDIS_URL", "DATABASE_URL"}
MOVE = "UPDATE wagtailcore_site SET port = {}"

# What `make run` does before it starts the server, in one process.
PREPARE = f"""
import django
from django.core.management import call_command
django.setup()
call_command("catalogues", "compile")
call_command("flatten_css")
call_command("migrate", verbosity=0)
call_command("createcachetable")
call_command("collectstatic", interactive=False, verbosity=0)
call_command("load_demo", learners={LEARNERS})
"""


def environment(var: Path, url: str, address: str) -> dict[str, str]:
    """For the processes of a site with its files in `var`, its database at `url` ("" for a file in `var`)."""
    return {
        **{name: value for name, value in os.environ.items() if name not in NOT_OURS},
        "DJANGO_SETTINGS_MODULE": "tests.e2e.settings",
        "XINXING_VAR_DIR": str(var),
        "XINXING_FONT_DIR": str(ROOT / "var" / "fonts"),  # a minute of work, the same for every site
        "XINXING_LOG_LEVEL": "WARNING",
        "XINXING_SITE_URL": address,
        **({"DATABASE_URL": url} if url else {}),
    }


def _beside(url: str, name: str) -> str:
    """The address of another database of the server at `url`; "" where there is no server."""
    return f"{url.rsplit('/', 1)[0]}/{name}" if url else ""


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _copy(url: str, name: str, source: str) -> None:
    _drop(url, name)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def _make(folder: Path, url: str, name: str) -> None:
    """The demo site, in `folder` and, on PostgreSQL, in the database `name`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if url:
        _copy(url, name, template(url))
    else:
        copy_to(folder / FILE)
    command = [sys.executable, "-c", PREPARE]
    subprocess.run(command, cwd=ROOT, env=environment(folder, _beside(url, name), ADDRESS), check=True)


@contextmanager
def demo_site(shared: Path, var: Path, address: str) -> Iterator[dict[str, str]]:
    """A copy of the demo site in `var`, for a server at `address`; yields the environment of its processes.

    `shared` is a folder that all processes of this run see: the first of them makes the site there. On PostgreSQL the
    copy is a database beside the configured one, and who made what is copied takes it away at the end.
    """
    url = os.environ.get("DATABASE_URL", "")
    name, own = f"xinxing_demo_{sha256(str(shared).encode()).hexdigest()[:12]}", f"xinxing_e2e_{os.getpid()}"
    made = shared / "made"
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_maker = not made.exists()
        if is_maker:
            _make(shared / "var", url, name)
            made.touch()
        shutil.copytree(shared / "var", var)
        if url:
            _copy(url, own, name)
    _move(var, _beside(url, own), urlsplit(address).port or 80)
    try:
        yield environment(var, _beside(url, own), address)
    finally:
        if url:
            _drop(url, own)
        if url and is_maker:
            with (shared / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                made.unlink()
                _drop(url, name)


def _move(var: Path, url: str, port: int) -> None:
    """Wagtail keeps the port of its site."""
    if url:
        with psycopg.connect(url) as connection:
            connection.execute(MOVE.format("%s"), [port])
    else:
        with closing(sqlite3.connect(var / FILE)) as connection, connection:
            connection.execute(MOVE.format("?"), [port])
