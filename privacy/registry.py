"""What apps tell about a person and for how long they keep it. They register in `AppConfig.ready()`. Pure Python.

from privacy import registry
registry.providers["practice"] = PracticeData()
registry.rules["practice.files"] = Rule(...)
registry.minors_figures["organisations"] = consents_of      # (year) -> list[(label, number)]
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """One table of what is held about a person. `files` are (name, reader) of what belongs to it."""

    key: str
    title: Any
    rows: list[Row]
    files: list[tuple[str, Callable[[], bytes]]] = field(default_factory=list)


class Provider(Protocol):
    """What one app holds about people."""

    def sections(self, user: Any) -> Iterable[Section]:
        """Everything about `user`, as tables."""
        ...

    def holds(self, user: Any) -> Iterable[str]:
        """Reasons, to be shown, why `user` cannot be erased now; none if nothing stands in the way."""
        ...

    def erase(self, user: Any, *, at: datetime) -> dict[str, int]:
        """Remove or blank what names `user`, in the caller's transaction; returns what was done, counted by kind."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """How long something is kept. `apply` forgets at most `limit` of what is older than `before`; returns how many."""

    key: str
    label: Any
    setting: str
    count: Callable[[datetime], int]
    apply: Callable[[datetime, int], int]
    order: int = 50


providers: dict[str, Provider] = {}
rules: dict[str, Rule] = {}
minors_figures: dict[str, Callable[[int], list[tuple[Any, int]]]] = {}


def ordered_rules() -> list[Rule]:
    """The rules in the order in which they are shown and applied."""
    return sorted(rules.values(), key=lambda rule: (rule.order, rule.key))
