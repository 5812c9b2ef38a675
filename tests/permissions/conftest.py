"""The demo city, loaded once for the whole module and taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.once import made_once
from tests.permissions.world import World

FOLDERS = ("MEDIA_ROOT", "PRIVATE_ROOT", "LOG_DIR", "VAR_DIR")
FILES = ("LOG_KEY_FILE", "LOG_MEMORY_FILE", "ISSUER_KEY_FILE", "SEAL_KEY_FILE", "EVIDENCE_KEY_FILE")


@pytest.fixture(scope="module")
def places(tmp_path_factory: Any) -> dict[str, Any]:
    """Where this city keeps its files and keys."""
    root: Path = tmp_path_factory.mktemp("city")
    found: dict[str, Any] = {name: root / name.lower() for name in FOLDERS}
    for folder in found.values():
        folder.mkdir()
    return found | {name: str(root / name.lower()) for name in FILES}


@pytest.fixture(autouse=True)
def _media_in_a_temporary_folder(settings: Any, places: dict[str, Any]) -> None:
    """Instead of a folder for each test: all of them look at the same city."""
    for name, place in places.items():
        setattr(settings, name, place)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, places: dict[str, Any]) -> Iterator[World]:
    with made_once(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        for name, place in places.items():
            patch.setattr(settings, name, place)
        call_command("load_demo", learners=28, verbosity=0)
        city = World()
        assert city.values  # everything that a row of the table asks for is made before the first one is tried
        yield city
