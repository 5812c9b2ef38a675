"""What upper apps hand down to sign-in. Pure Python.

from accounts import registry
registry.busy["exams"] = is_sitting          # (user) -> bool: never end this person's session now
"""

from collections.abc import Callable
from typing import Any

# Asked only when a session has come to its limit.
busy: dict[str, Callable[[Any], bool]] = {}


def is_busy(user: Any) -> bool:
    """Whether `user` is in the middle of something that must not be cut off, such as an exam."""
    return any(ask(user) for ask in busy.values())
