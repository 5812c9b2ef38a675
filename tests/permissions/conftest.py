"""The demo city, loaded once for the whole module and taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from tests.permissions.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    """Everything happens inside one transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("world")
        for name in ("MEDIA_ROOT", "PRIVATE_ROOT", "LOG_DIR", "VAR_DIR"):
            patch.setattr(settings, name, folder / name.lower())
            (folder / name.lower()).mkdir()
        call_command("load_demo", learners=28, verbosity=0)
        yield World()
        transaction.set_rollback(True)
