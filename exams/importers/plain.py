"""Build the stored content and key of an item from plain options and answers, and back into lines for an author.

The stored form gives every option a random id, so that nothing in a page tells which is right. Pure Python.

`answer` by type: letters (choices), true or false, a list of alternatives per blank or `{"blanks": […], "any_order":
True}`, lists of alternatives per keyword or `{"by_hand": True, "rubric": text, "max_words": n}` (short answer), texts
in the right order, `[left, right]` pairs, and for a case (`scenario`, whose stem is the material) its questions:
`[{"type", "stem", "options", "answer", "share"}, …]`.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TRUE_WORDS = {"true", "对", "正确", "√", "是", "yes"}
FALSE_WORDS = {"false", "错", "错误", "×", "否", "no"}
# Of what a case is made. Matching is left out: its answer is a table, and a case's answer is a table of answers.
PART_TYPES = ("single", "multiple", "true_false", "blank", "ordering", "short")
MOST_PARTS, MOST_SHORT, MOST_WORDS = 12, 5, 1500
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
    free = bool(answer.get("any_order")) if isinstance(answer, dict) else False
    groups = _groups(answer.get("blanks") if isinstance(answer, dict) else answer)
    return Built({"blanks": len(groups)}, {"blanks": groups, "any_order": free})


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
    """By keywords, or by hand: then the learner may know that a person reads it, and how long it may be."""
    if not isinstance(answer, dict) or not answer.get("by_hand"):
        return Built({}, {"keywords": _groups(answer)})
    rubric, most = str(answer.get("rubric") or "").strip(), answer.get("max_words")
    if not rubric:
        raise CannotBuild("say what an answer is marked by")
    if most is not None and (type(most) is not int or not 1 <= most <= MOST_WORDS):
        raise CannotBuild("the longest answer has 1 to 1500 characters")
    limit = {"max_words": most} if most else {}
    return Built({"by_hand": True, **limit}, {"by_hand": True, "rubric": rubric, **limit})


def _scenario(options: Sequence[str], answer: Any) -> Built:
    """Questions on one material; each counts by its share."""
    rows = answer if isinstance(answer, list) else []
    if not 2 <= len(rows) <= MOST_PARTS or not all(isinstance(row, Mapping) for row in rows):
        raise CannotBuild("a case has two to twelve questions")
    if sum(row.get("type") == "short" for row in rows) > MOST_SHORT:
        raise CannotBuild("a case has at most five short answers")
    parts, keys = [], {}
    for row in rows:
        built, share, stem = _part(row), row.get("share", 1), str(row.get("stem") or "").strip()
        if not stem or type(share) is not int or not 1 <= share <= 100:
            raise CannotBuild("each question of a case has a wording and a share of 1 to 100")
        pk = secrets.token_hex(3)
        parts.append({"id": pk, "type": row["type"], "stem": stem, "content": built.content, "share": share})
        keys[pk] = {"type": row["type"], "share": share, **(built.answer or {})}
    by_hand = {"by_hand": True} if any(part["content"].get("by_hand") for part in parts) else {}
    return Built({"parts": parts, **by_hand}, {"parts": keys})


def _part(row: Mapping[str, Any]) -> Built:
    if row.get("type") not in PART_TYPES:
        raise CannotBuild("a question of a case has one of the types that are marked")
    return build(row["type"], row.get("options") or [], row.get("answer"))


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
    "scenario": _scenario,
    "survey": _survey,
}


def build(item_type: str, options: Sequence[str], answer: Any) -> Built:
    """Return content and key. Raises CannotBuild with the reason if they do not make an item of this type."""
    if item_type not in BUILDERS:
        raise CannotBuild("unknown type")
    return BUILDERS[item_type](options, answer)
