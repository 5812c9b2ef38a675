"""A block as JSON in the database, and back. Pure Python."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from exams.importers.blocks import Block

# What a row of the database holds in columns of its own.
APART = frozenset(("status", "reasons", "line", "line_end", "raw"))
_NAMES = [field.name for field in fields(Block) if field.name not in APART]


def to_json(block: Block) -> dict[str, Any]:
    """Everything but what `APART` names; empty fields are left out."""
    shown = {name: getattr(block, name) for name in _NAMES}
    kept = {name: _plain(value) for name, value in shown.items() if value not in ((), "", None)}
    if block.children:
        kept["children"] = [_child(child) for child in block.children]
    return kept | {"type": block.type, "stem": _plain(block.stem)}


def _child(block: Block) -> dict[str, Any]:
    return to_json(block) | {"line": block.line, "status": block.status, "reasons": list(block.reasons)}


def _plain(value: Any) -> Any:
    """Lists for tuples, and no character that a database refuses (NUL, halves of surrogate pairs)."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value


def clean(text: str) -> str:
    """`text` as a database takes it."""
    return str(_plain(text))


def _deep(value: Any) -> Any:
    return tuple(_deep(part) for part in value) if isinstance(value, list) else value


def from_json(stored: Mapping[str, Any], **apart: Any) -> Block:
    """The block again; `apart` gives line, raw and the verdict."""
    known = {name: value for name, value in stored.items() if name in _NAMES}
    for name in ("options", "points", "keywords", "extra", "pictures"):
        if name in known:
            known[name] = _deep(known[name])
    children = tuple(
        from_json(c, line=c.get("line", 0), status=c.get("status", "review"), reasons=tuple(c.get("reasons", ())))
        for c in known.pop("children", ())
    )
    return replace(Block(**{"line": 0, **known}), children=children, **apart)
