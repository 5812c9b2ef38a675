"""What every test may ask for."""

import gc
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from elearning import catalogues
from foundation.writeonce import lifted
from tests.migrated import copy_to, template

_fixture_teardown = TransactionTestCase._fixture_teardown
# Tests that share what one process sets up: folders, and the browser tests in two halves that take as long.
TOGETHER = ("tests/e2e/test_[cp]", "tests/e2e/", "tests/faults/", "tests/permissions/")


class Scheduling(LoadScopeScheduling):
    """What begins with one of TOGETHER goes to one worker, whole and first; every other test to whoever is free.

    The mark `xdist_group` does the same, but not with pytest 9: it writes a name that pytest no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((beginning for beginning in TOGETHER if re.match(beginning, nodeid)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Whatever `--dist` says."""
    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """One process compiles the catalogues, before any other begins: what has once looked for them finds no others."""
    if not hasattr(session.config, "workerinput"):
        catalogues.compile_all()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: looking through it again and again for garbage takes an eighth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def _teardown_with_triggers_lifted(self: TransactionTestCase) -> None:
    """The flush after a transactional test empties write-once tables too."""
    with lifted():
        _fixture_teardown(self)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> bool:
    """Every worker begins with a copy of one migrated database, unless it reuses its own."""
    option = request.config.option
    if option.reuse_db and not option.create_db:
        return True
    if connection.vendor == "sqlite":
        copy_to(Path(connection.settings_dict["TEST"]["NAME"]))
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = template(os.environ["DATABASE_URL"])
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_createdb(request: pytest.FixtureRequest) -> bool:
    """On SQLite never: the copy is new, and would be thrown away."""
    return bool(request.config.option.create_db) and connection.vendor != "sqlite"


@pytest.fixture(autouse=True, scope="session")
def _flush_lifts_triggers() -> Iterator[None]:
    TransactionTestCase._fixture_teardown = _teardown_with_triggers_lifted  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _every_test_begins_in_chinese() -> None:
    """Whatever language the page before it was shown in."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _media_in_a_temporary_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.LOG_DIR = tmp_path / "log"
    settings.LOG_KEY_FILE = str(tmp_path / "keys" / "log.key")
    settings.LOG_MEMORY_FILE = str(tmp_path / "keys" / "log.seen")
    settings.ISSUER_KEY_FILE = str(tmp_path / "keys" / "issuer.key")
    settings.SEAL_KEY_FILE = str(tmp_path / "keys" / "seal.pem")
    settings.EVIDENCE_KEY_FILE = str(tmp_path / "keys" / "evidence.key")
