"""Faults are really done to real processes. The short tier runs with all tests; `make faults` runs the long one.

On SQLite the site has a file of its own; when the tests run on PostgreSQL it has a cluster, a Redis and a Celery worker
of its own, so that they can be killed. Each fault prints "acked / lost / duplicated / seconds to recover"; `make
faults` also writes them to var/faults.json.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.faults.learner import Learner, reckoning
from tests.faults.stand import ROOT, Postgres, Redis, Stand

IS_LONG = os.environ.get("XINXING_FAULTS") == "long"
Tell = Callable[..., dict[str, Any]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as `faults`. One process runs it (tests/conftest.py)."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.django_db)  # so that there is a database whose schema can be copied


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A line per fault; the long tier keeps them."""
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    faults = [value for report in reports for name, value in report.user_properties if name == "fault"]
    if not faults:
        return
    terminalreporter.section("faults: acked / lost / duplicated / seconds to recover")
    for fault in faults:
        figures = " / ".join(str(fault[key]) for key in ("acked", "lost", "duplicated", "seconds_to_recover"))
        terminalreporter.write_line(f"{fault['database']:10} {fault['fault']:55} {figures}")
    if IS_LONG:
        path = ROOT / "var" / "faults.json"
        before = json.loads(path.read_text()) if path.exists() else []
        others = [row for row in before if row["database"] not in {fault["database"] for fault in faults}]
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(others + faults, ensure_ascii=False, indent=1) + "\n")


@pytest.fixture(scope="session")
def stand(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Stand]:
    """The site under attack, with the schema of the tests' database."""
    folder = tmp_path_factory.mktemp("faults")
    with django_db_blocker.unblock():
        made = _on_sqlite(folder) if connection.vendor == "sqlite" else _on_servers(folder)
    try:
        made.start()
        yield made
    finally:
        made.leave()


def _on_sqlite(folder: Path) -> Stand:
    copy = folder / "site.sqlite3"
    connection.ensure_connection()
    target = sqlite3.connect(copy)
    with target:
        connection.connection.backup(target)
    target.close()
    return Stand(folder, f"sqlite:///{copy}", settings.SECRET_KEY, None, None)


def _on_servers(folder: Path) -> Stand:
    needed = [name for name in ("initdb", "pg_ctl") if not Postgres.program(name)]
    needed += [name for name in ("pg_dump", "psql", "redis-server", "setpriv") if not shutil.which(name)]
    if needed:
        pytest.skip(f"needs {', '.join(needed)} to run a PostgreSQL and a Redis of its own")
    postgres, redis = Postgres(), Redis()
    try:
        postgres.start()
        redis.start()
        copy_schema(postgres)
    except BaseException:
        postgres.leave()
        redis.kill()
        raise
    return Stand(folder, postgres.url, settings.SECRET_KEY, redis, postgres)


def copy_schema(postgres: Postgres, name: str = "xinxing") -> None:
    """The tests' database, schema and the few rows that migrations make, into our own cluster."""
    source = connection.settings_dict
    server = ["-h", source["HOST"] or "127.0.0.1", "-p", str(source["PORT"] or 5432), "-U", source["USER"]]
    environment = {**os.environ, "PGPASSWORD": str(source["PASSWORD"])}
    dump = subprocess.run(
        ["pg_dump", *server, "--no-owner", "--no-privileges", source["NAME"]], env=environment, capture_output=True
    )
    assert dump.returncode == 0, dump.stderr.decode()
    ours = ["psql", "-q", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "xinxing"]
    subprocess.run([*ours, "-d", "postgres", "-c", f"CREATE DATABASE {name}"], check=True)
    filled = subprocess.run([*ours, "-d", name, "-v", "ON_ERROR_STOP=1"], input=dump.stdout, capture_output=True)
    assert filled.returncode == 0, filled.stderr.decode()


@pytest.fixture
def tell(record_property: Any, request: Any) -> Tell:
    """Reckon up, write it down and return it: `tell(people, fault_at)`."""

    def note(people: list[Learner], fault_at: float) -> dict[str, Any]:
        found = reckoning(people, fault_at)
        name = request.node.name.removeprefix("test_").replace("_", " ")
        database = "PostgreSQL" if people[0].stand.postgres else "SQLite"
        record_property("fault", {"fault": name, "database": database, **found})
        return found

    return note
