"""What upper apps hand down to organisations. Pure Python.

from organisations import registry
registry.on_members_changed["programmes"] = enrol_again      # (user_ids: Sequence[int]) -> object
registry.open_tasks["dashboards"] = open_tasks               # (user, organisation) -> list[str]
registry.class_links["programmes"] = links_of                # (school_class) -> list[(word, address, icon)]
"""

from collections.abc import Callable, Sequence
from typing import Any

# Told inside the transaction in which people join, move or leave, at most a few hundred at a time.
on_members_changed: dict[str, Callable[[Sequence[int]], object]] = {}
# One sentence for each kind of work that waits for somebody in a unit; read when duties are handed over.
open_tasks: dict[str, Callable[[Any, Any], list[str]]] = {}


# Further pages of a class, shown on its teacher's page.
class_links: dict[str, Callable[[Any], Sequence[tuple[str, str, str]]]] = {}


def members_changed(user_ids: Sequence[int]) -> None:
    """Tell everybody who wants to know."""
    if user_ids:
        for listener in on_members_changed.values():
            listener(user_ids)


def tasks_of(user: Any, organisation: Any) -> list[str]:
    """Everything that waits for `user` in `organisation`."""
    return [sentence for tell in open_tasks.values() for sentence in tell(user, organisation)]
