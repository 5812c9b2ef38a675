"""Background work of class work."""

from typing import Any

from classwork import actions


def write_package(payload: dict[str, Any]) -> tuple[str, int] | None:
    """Put the package together, outside any transaction."""
    return actions.write_package(mark=payload["mark"])


def finish_package(payload: dict[str, Any], written: tuple[str, int] | None) -> None:
    """Say that it is there, in the same transaction as the job's own mark."""
    if written is not None:
        actions.finish_package(mark=payload["mark"], written=written)
