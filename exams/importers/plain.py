"""Build the stored content and key of an item from plain options and answers, and back into lines for an author.

The stored form gives every option a random id, so that nothing in a page tells which is right. Pure Python.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TRUE_WORDS = {"true", "对", "正确", "√", "是", "yes"}
FALSE_WORDS = {"false", "错", "错误", "×", "否", "no"}
RATINGS = ["完全做不到", "有时做到", "大多做到", "一直做到"]


class CannotBuild(ValueError):
    """Options and answer do not make an item; the text says why, in English, for translation at the edge."""


@dataclass(frozen=True, slots=True)
class Built:
    """What is stored: `content` for the learner, `answer` for the key table."""

    content: dict[str, Any]
    answer: dict[str, Any] | None


def _options(texts: Sequence[str], least: int = 2) -> list[dict[str, str]]:
    """Give each text a random id. Raises CannotBuild if too few, empty or equal."""
    cleaned = [text.strip() for text in texts]
    if len(cleaned) < least or "" in cleaned:
        raise CannotBuild("too few options")
    if len(set(cleaned)) != len(cleaned):
        raise CannotBuild("two options are the same")
    return [{"id": secrets.token_hex(3), "text": text} for text in cleaned]


def _letters(options: Sequence[Mapping[str, str]], answer: Any) -> list[str]:
    """Ids of the options that letters point to."""
    letters = list(answer) if isinstance(answer, list | str) else []
    try:
        return [options[LETTERS.index(letter.strip().upper())]["id"] for letter in letters]
    except (ValueError, IndexError, AttributeError):
        raise CannotBuild("the answer names an option that is not there") from None


def _choice(options: Sequence[str], answer: Any, several: bool) -> Built:
    stored = _options(options)
    right = _letters(stored, answer)
    if not right or len(set(right)) != len(right) or (not several and len(right) != 1):
        raise CannotBuild("mark the right option" if not several else "mark the right options")
    return Built({"options": stored}, {"right": right})


def _true_false(options: Sequence[str], answer: Any) -> Built:
    word = answer[0] if isinstance(answer, list) and answer else answer
    if isinstance(word, bool):
        return Built({}, {"right": word})
    text = str(word).strip().lower()
    if text not in TRUE_WORDS | FALSE_WORDS:
        raise CannotBuild("say whether it is true or false")
    return Built({}, {"right": text in TRUE_WORDS})


def _groups(answer: Any) -> list[list[str]]:
    """Lists of alternatives, from lists or from single texts. Raises CannotBuild if one is empty."""
    rows = answer if isinstance(answer, list) else [answer]
    groups = [[str(a).strip() for a in (row if isinstance(row, list) else [row])] for row in rows]
    groups = [[a for a in group if a] for group in groups]
    if not groups or not all(groups):
        raise CannotBuild("an answer is empty")
    return groups


def _blank(options: Sequence[str], answer: Any) -> Built:
    groups = _groups(answer)
    return Built({"blanks": len(groups)}, {"blanks": groups, "any_order": False})


def _ordering(options: Sequence[str], answer: Any) -> Built:
    """Options as written are in the right order unless the answer (texts or letters) gives another."""
    stored = _options(options)
    ids = {o["text"]: o["id"] for o in stored}
    named = isinstance(answer, list) and all(str(text).strip() in ids for text in answer)
    order = [ids[str(text).strip()] for text in answer] if answer and named else _letters(stored, answer)
    order = order or [o["id"] for o in stored]
    if sorted(order) != sorted(o["id"] for o in stored):
        raise CannotBuild("the order must name every option once")
    return Built({"options": stored}, {"order": order})


def _matching(options: Sequence[str], answer: Any) -> Built:
    """Pairs `[left, right]` as the answer; an option may add wrong right sides."""
    pairs = answer if isinstance(answer, list) else []
    if len(pairs) < 2 or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise CannotBuild("write at least two pairs")
    left = _options([str(pair[0]) for pair in pairs])
    texts = list(dict.fromkeys(str(pair[1]).strip() for pair in pairs))
    extra = [o.strip() for o in options if o.strip() not in texts and o.strip() not in {p["text"] for p in left}]
    right = _options(texts + extra, least=1)
    ids = {o["text"]: o["id"] for o in right}
    return Built(
        {"left": left, "right": right},
        {"pairs": {o["id"]: ids[str(pair[1]).strip()] for o, pair in zip(left, pairs, strict=True)}},
    )


def _short(options: Sequence[str], answer: Any) -> Built:
    return Built({}, {"keywords": _groups(answer)})


def _survey(options: Sequence[str], answer: Any) -> Built:
    return Built({"options": _options(options or RATINGS)}, None)


BUILDERS: dict[str, Callable[[Sequence[str], Any], Built]] = {
    "single": lambda options, answer: _choice(options, answer, several=False),
    "multiple": lambda options, answer: _choice(options, answer, several=True),
    "true_false": _true_false,
    "blank": _blank,
    "ordering": _ordering,
    "matching": _matching,
    "short": _short,
    "survey": _survey,
}


def build(item_type: str, options: Sequence[str], answer: Any) -> Built:
    """Return content and key. Raises CannotBuild with the reason if they do not make an item of this type."""
    if item_type not in BUILDERS:
        raise CannotBuild("unknown type")
    return BUILDERS[item_type](options, answer)


def from_lines(item_type: str, text: str) -> Built:
    """Read what an author types, one per line.

    Choices: an option per line, the right ones begin with `*`. True or false: one word. Fill in and short answer: a
    line per blank or keyword, alternatives divided by `|`. Ordering: the right order. Matching: `left = right`.
    Raises CannotBuild.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if item_type in ("single", "multiple"):
        right = [LETTERS[n] for n, line in enumerate(lines[: len(LETTERS)]) if line.startswith("*")]
        return build(item_type, [line.removeprefix("*").strip() for line in lines], right)
    if item_type in ("blank", "short"):
        return build(item_type, [], [line.split("|") for line in lines])
    if item_type == "matching":
        pairs = [[part.strip() for part in line.split("=", 1)] for line in lines if "=" in line]
        return build(item_type, [line for line in lines if "=" not in line], pairs)
    if item_type == "true_false":
        return build(item_type, [], lines[0] if lines else "")
    return build(item_type, lines, None)


def to_lines(item_type: str, content: Mapping[str, Any], answer: Mapping[str, Any] | None) -> str:
    """The reverse of `from_lines`, for the author's form."""
    answer = answer or {}
    texts = {o["id"]: o["text"] for side in ("options", "left", "right") for o in content.get(side, [])}
    match item_type:
        case "single" | "multiple":
            lines = [("* " if o["id"] in answer["right"] else "") + o["text"] for o in content["options"]]
        case "true_false":
            lines = ["对" if answer["right"] else "错"]
        case "blank" | "short":
            lines = [" | ".join(group) for group in answer["blanks" if item_type == "blank" else "keywords"]]
        case "ordering":
            lines = [texts[i] for i in answer["order"]]
        case "matching":
            lines = [f"{texts[left]} = {texts[right]}" for left, right in answer["pairs"].items()]
            used = set(answer["pairs"].values())
            lines += [o["text"] for o in content["right"] if o["id"] not in used]
        case _:
            lines = [o["text"] for o in content["options"]]
    return "\n".join(lines)
