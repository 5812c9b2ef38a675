"""The background work of accounts."""

from typing import Any

from accounts import actions
from foundation.jobs.registry import register


def prune(payload: dict[str, Any], result: Any) -> None:
    """Forget refused sign-ins of long ago."""
    actions.prune_failures()


def register_all() -> None:
    """Register every kind of job that accounts owns."""
    register("accounts.prune", apply=prune)
