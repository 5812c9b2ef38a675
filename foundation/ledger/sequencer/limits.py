"""Nothing may hold the sequencer for ever: limits in the database, and a watchdog that ends the process.

A half-dead connection to PostgreSQL can leave the client waiting for an answer that never comes while the server still
holds its locks (docs/log.md). The server's limits free the locks; the watchdog ends a process that does not move any
more, and whoever supervises it starts it again: recovery is the normal way of working.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from django.db import DatabaseError, connection

STUCK_SECONDS = 60.0
STUCK_CODE = 75  # EX_TEMPFAIL: try again
LIMITS = {"statement_timeout": "30s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "10s"}


@contextmanager
def bounded() -> Iterator[None]:
    """Limits of PostgreSQL for this session, and the former ones afterwards."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        for name, value in LIMITS.items():
            cursor.execute(f"SET {name} = '{value}'")
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # a lost connection takes them with it
            for name in LIMITS:
                cursor.execute(f"RESET {name}")


class Watchdog:
    """Ends the process unless `fed` is called every `seconds`. Works also while C code waits for the network."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: threading.Timer | None = None

    def fed(self) -> None:
        """Something moved."""
        self._stop()
        self._timer = threading.Timer(self._seconds, _end)
        self._timer.daemon = True
        self._timer.start()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def __enter__(self) -> Self:
        self.fed()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop()


def _end() -> None:
    os.write(2, b"ledger: the sequencer did not move for too long; the process ends\n")
    os._exit(STUCK_CODE)
