"""What a test needs to run processes on a database of their own."""

import os
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def environment(tmp_path, url):
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "XINXING_TEST_DB"}}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "elearning.settings.test",
        "XINXING_VAR_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        **({"DATABASE_URL": url} if url else {}),
    }


def address(name):
    """Of another database of the server that the tests use, which may listen at a socket's folder."""
    given = connection.settings_dict
    user, password, host = (quote(str(given[key]), safe="") for key in ("USER", "PASSWORD", "HOST"))
    return f"postgres://{user}:{password}@{host}:{given['PORT'] or 5432}/{name}"
