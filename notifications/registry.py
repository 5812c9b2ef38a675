"""What kinds of message there are. Apps register theirs in `AppConfig.ready()`. Pure Python.

    from notifications import registry
    registry.register("programmes.due", label=_("due"), is_calm=True, is_urgent=True)

`is_required`: nobody can unsubscribe copies of it. `is_calm`: copies wait for a working day outside the quiet hours.
`is_urgent`: a text message to a phone is worth its price. A kind that nobody registered is required, goes at once, and
never to a phone.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message."""

    name: str
    label: Any = ""
    is_required: bool = True
    is_calm: bool = False
    is_urgent: bool = False


KINDS: dict[str, Kind] = {}


def register(
    name: str, *, label: Any, is_required: bool = True, is_calm: bool = False, is_urgent: bool = False
) -> None:
    """Describe messages of kind `name`; registering twice replaces (a reloaded server does that)."""
    KINDS[name] = Kind(name, label, is_required, is_calm, is_urgent)


def kind(name: str) -> Kind:
    """What is known of messages of this kind."""
    return KINDS.get(name) or Kind(name)


def optional() -> list[Kind]:
    """The kinds that one can unsubscribe, in the order of their names."""
    return [KINDS[name] for name in sorted(KINDS) if not KINDS[name].is_required]
