"""The search backend of this database."""

from typing import Any

from django.db import connection
from modelsearch.backends.database.postgres import postgres
from modelsearch.backends.database.sqlite import sqlite


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  # the name that modelsearch looks up
    """Return the backend that fits the database in use."""
    module = postgres if connection.vendor == "postgresql" else sqlite
    return module.SearchBackend(params)
