"""From a block to what the bank stores, and from there to texts that can be compared. Pure Python."""

from collections.abc import Mapping, Sequence
from typing import Any

from exams.importers.blocks import Block
from exams.importers.plain import LETTERS, Built, CannotBuild, build

Portrait = tuple[Any, ...]


def compose(block: Block) -> Built:
    """Content and key of a block. Raises CannotBuild with the reason if it is no whole item of its type."""
    if not block.stem.strip():
        raise CannotBuild("write the question")
    return build(block.type, *parts(block))


def parts(block: Block) -> tuple[list[str], Any]:
    """Options and answer as `plain.build` takes them. Raises CannotBuild."""
    texts = [text for _letter, text in block.options]
    match block.type:
        case "single" | "multiple":
            return texts, _places(block)
        case "true_false":
            if not isinstance(block.answer, bool):
                raise CannotBuild("say whether it is true or false")
            return [], block.answer
        case "blank":
            groups = [list(g) if isinstance(g, list | tuple) else [g] for g in block.answer or []]
            return [], {"blanks": groups, "any_order": block.any_order}
        case "ordering":
            order = [str(text) for text in block.answer or []]
            if not order:  # the options alone would pass for the right order
                raise CannotBuild("the order must name every option once")
            return texts or order, order
        case "matching":
            return list(block.extra), [list(pair) for pair in block.answer or []]
        case "short":
            by_hand = {"by_hand": True, "rubric": block.answer if isinstance(block.answer, str) else ""}
            return [], [list(group) for group in block.keywords] or by_hand
        case "scenario":
            return [], [
                _question(child, share) for child, share in zip(block.children, shares(block.children), strict=True)
            ]
        case _:
            return texts, block.answer


def shares(children: Sequence[Block]) -> list[int]:
    """What each question of a case counts: its marks if all have whole ones up to 100, else each the same."""
    if all(child.score.isdecimal() and 1 <= int(child.score) <= 100 for child in children):
        return [int(child.score) for child in children]
    return [1] * len(children)


def _question(child: Block, share: int) -> dict[str, Any]:
    """A question of a case as `plain.build` takes it."""
    options, answer = parts(child)
    return {"type": child.type, "stem": child.stem, "options": options, "answer": answer, "share": share}


def _places(block: Block) -> list[str]:
    """The letters of the right options as `plain` counts them: by place, whatever letters the source wrote."""
    letters = [letter for letter, _text in block.options]
    if len(set(letters)) != len(letters) or len(letters) > len(LETTERS):
        raise CannotBuild("two options have the same letter")
    answer = block.answer if isinstance(block.answer, list | tuple) else []
    if any(letter not in letters for letter in answer):
        raise CannotBuild("the answer names an option that is not there")
    return [LETTERS[letters.index(letter)] for letter in answer]


def portrait(item_type: str, content: Mapping[str, Any], answer: Mapping[str, Any] | None) -> Portrait:
    """What an item says without its random ids: two wordings with equal portraits differ in nothing but the stem."""
    texts = {o["id"]: o["text"] for side in ("options", "left", "right") for o in content.get(side, [])}
    key: Mapping[str, Any] = answer or {}
    options = frozenset(o["text"] for o in content.get("options", []))
    match item_type:
        case "single" | "multiple":
            return (options, frozenset(texts[i] for i in key["right"]))
        case "true_false":
            return (key["right"],)
        case "blank":
            return (tuple(tuple(group) for group in key["blanks"]), bool(key.get("any_order")))
        case "ordering":
            return tuple(texts[i] for i in key["order"])
        case "matching":
            pairs = frozenset((texts[left], texts[right]) for left, right in key["pairs"].items())
            return (pairs, frozenset(o["text"] for o in content["right"]))
        case "short":
            return (tuple(tuple(group) for group in key.get("keywords", ())), key.get("rubric", ""))
        case "scenario":
            return _portrait_of_parts(content, key)
        case _:
            return tuple(o["text"] for o in content.get("options", []))


def _portrait_of_parts(content: Mapping[str, Any], key: Mapping[str, Any]) -> Portrait:
    parts: Sequence[Mapping[str, Any]] = content.get("parts", [])
    keys = key.get("parts", {})
    return (
        content.get("material", ""),
        tuple((p["type"], p["stem"], portrait(p["type"], p["content"], keys.get(p["id"]))) for p in parts),
    )
