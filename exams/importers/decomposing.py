"""From what the bank stores back to a block: for exports, and to show a wording in plain words. Pure Python."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from exams.importers.blocks import ACCEPT, Block
from exams.importers.plain import LETTERS


def decompose(item_type: str, stem: str, content: Mapping[str, Any], answer: Mapping[str, Any] | None) -> Block:
    """The block that `composing.compose` would make this of."""
    key: Mapping[str, Any] = answer or {}
    block = Block(type=item_type, stem=stem, line=0, status=ACCEPT, language="")
    texts = {o["id"]: o["text"] for side in ("options", "left", "right") for o in content.get(side, [])}
    match item_type:
        case "single" | "multiple":
            right = [LETTERS[n] for n, o in enumerate(content["options"]) if o["id"] in key["right"]]
            return replace(block, options=_lettered(content), answer=right)
        case "true_false":
            return replace(block, answer=bool(key["right"]))
        case "blank":
            groups = [list(group) for group in key["blanks"]]
            return replace(block, answer=groups, any_order=bool(key.get("any_order")))
        case "ordering":
            return replace(block, answer=[texts[i] for i in key["order"]])
        case "matching":
            pairs = [[texts[left], texts[right]] for left, right in key["pairs"].items()]
            used = set(key["pairs"].values())
            return replace(block, answer=pairs, extra=tuple(o["text"] for o in content["right"] if o["id"] not in used))
        case "short":
            return _short(block, key)
        case "scenario":
            keys = key.get("parts", {})
            parts = content.get("parts", [])
            children = tuple(decompose(p["type"], p["stem"], p["content"], keys.get(p["id"])) for p in parts)
            return replace(block, children=children)
        case _:
            return replace(block, options=_lettered(content))


def _lettered(content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((LETTERS[n % 26], o["text"]) for n, o in enumerate(content.get("options", [])))


def _short(block: Block, key: Mapping[str, Any]) -> Block:
    """The reference answer of one marked by hand; of the other kind, the first word of each keyword's alternatives."""
    keywords = tuple(tuple(group) for group in key.get("keywords", ()))
    if not keywords:
        return replace(block, answer=str(key.get("rubric", "")))
    return replace(block, keywords=keywords, answer="；".join(group[0] for group in keywords))
