"""Which handler does which kind of job. Apps register in `AppConfig.ready()`. Pure Python.

A handler has two halves, so that slow work never holds the write lock: `compute` runs outside any transaction and
returns a result; `apply` stores that result in one short transaction together with the job's own `done` mark, so
its effect on the database happens exactly once. A handler may leave out either half.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Handler:
    """How to do one kind of job."""

    kind: str
    compute: Callable[[Payload], Any] | None
    apply: Callable[[Payload, Any], object] | None
    max_attempts: int


HANDLERS: dict[str, Handler] = {}


def register(
    kind: str,
    *,
    compute: Callable[[Payload], Any] | None = None,
    apply: Callable[[Payload, Any], object] | None = None,
    max_attempts: int = 8,
) -> None:
    """Register the handler of `kind`; registering twice replaces (a reloaded server does that)."""
    HANDLERS[kind] = Handler(kind, compute, apply, max_attempts)
