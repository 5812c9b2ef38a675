"""Crash points: where a process kills itself when a file tells it to. Only what the tests start loads this.

The file (its name is in XINXING_CRASH_FILE) holds an ending of an address and "before" or "after": the process that
commits for such a request kills itself before, or after, the commit; then the file is gone. "sweep 2 before" is for
the sweeper: at its second commit.
"""

import os
import signal
import threading
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

here = threading.local()
_commit = BaseDatabaseWrapper.commit


def _die_if_told(moment: str) -> None:
    order = Path(os.environ["XINXING_CRASH_FILE"])
    try:
        place, told = order.read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return
    if told == moment and getattr(here, "place", "").endswith(place):
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def _commit_or_die(self: BaseDatabaseWrapper) -> None:
    if getattr(here, "count_commits", False):
        here.commits = getattr(here, "commits", 0) + 1
        here.place = f"sweep-{here.commits}"
    _die_if_told("before")
    _commit(self)
    _die_if_told("after")


def install() -> None:
    """Let every commit of this process look for the file first and last."""
    BaseDatabaseWrapper.commit = _commit_or_die  # type: ignore[method-assign]
