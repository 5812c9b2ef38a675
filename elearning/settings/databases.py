"""How SQLite and PostgreSQL are talked to."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

SQLITE_OPTIONS: dict[str, Any] = {
    # IMMEDIATE: writers queue instead of failing half-way with "database is locked". FULL: a signed letter
    # survives a power cut. recursive_triggers: INSERT OR REPLACE must not slip past write-once triggers.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; "
        "PRAGMA mmap_size=134217728; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; "
        "PRAGMA journal_size_limit=67108864;"
    ),
}
# A connection whose other end is gone without a word is noticed in seconds, not in hours.
POSTGRESQL_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def options(engine: str, given: dict[str, Any]) -> dict[str, Any]:
    """The options for an engine, with those of DATABASE_URL on top. Raises ImproperlyConfigured for any other one."""
    if engine.endswith("sqlite3"):
        return SQLITE_OPTIONS
    if engine.endswith("postgresql"):
        return {**POSTGRESQL_OPTIONS, **given}
    raise ImproperlyConfigured("DATABASE_URL must be postgres://… or be left out for the embedded SQLite")
