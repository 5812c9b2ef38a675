"""Where an entry of the audit log leads. Apps say it in `AppConfig.ready()`:

from foundation.audit.registry import register
register("pledges.Letter", evidence_link)      # (user, key) -> (words, address) or None
"""

from collections.abc import Callable
from typing import Any

Link = tuple[str, str]
_LINKS: dict[str, Callable[[Any, str], Link | None]] = {}


def register(model: str, link: Callable[[Any, str], Link | None]) -> None:
    """`link` answers where entries about rows of `model` lead somebody to."""
    _LINKS[model] = link


def link_of(user: Any, target: str) -> Link | None:
    """What `user` may open behind a target ("pledges.Letter:7"); None for nothing."""
    model, _colon, key = target.partition(":")
    link = _LINKS.get(model)
    return link(user, key) if link is not None else None
