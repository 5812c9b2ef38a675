"""Marking. Pure: content and key in, a part between 0 and 1 out. No Django, no clock, no database.

Values as they come from a learner (anything else earns nothing):

    single, survey   "option id"
    multiple         ["option id", …]
    true_false       true | false
    blank            ["text", …], one per blank
    ordering         ["option id", …] in the learner's order
    matching         {"left id": "right id", …}
    short            "text"

Keys: `{"right": […]}` (single, multiple), `{"right": bool}` (true_false), `{"blanks": [["alternative", …], …],
"any_order": bool}`, `{"order": […]}`, `{"pairs": {left: right}}`, `{"keywords": [["alternative", …], …]}`.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

Value = Any
Key = Mapping[str, Any]
FULL, NOTHING = Decimal(1), Decimal(0)
CENT = Decimal("0.01")


def normal(text: str) -> str:
    """Full-width and half-width, upper and lower case, blanks and the final stop make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).rstrip(".。")


def _single(key: Key, value: Value, partial: bool) -> Decimal:
    return FULL if isinstance(value, str) and [value] == list(key["right"]) else NOTHING


def _multiple(key: Key, value: Value, partial: bool) -> Decimal:
    """All right: everything. Part marks: some right and none wrong earns half (domain rule 部分给分)."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return NOTHING
    chosen, right = set(value), set(key["right"])
    if chosen == right:
        return FULL
    return Decimal("0.5") if partial and chosen and chosen < right else NOTHING


def _true_false(key: Key, value: Value, partial: bool) -> Decimal:
    return FULL if isinstance(value, bool) and value is key["right"] else NOTHING


def _blank(key: Key, value: Value, partial: bool) -> Decimal:
    blanks: list[set[str]] = [{normal(a) for a in alternatives} for alternatives in key["blanks"]]
    if not isinstance(value, list) or len(value) != len(blanks) or not all(isinstance(v, str) for v in value):
        return NOTHING
    given = [normal(v) for v in value]
    if key.get("any_order"):
        right = _most_matches(given, blanks)
    else:
        right = sum(text in alternatives for text, alternatives in zip(given, blanks, strict=True))
    return _share(right, len(blanks), partial)


def _most_matches(given: Sequence[str], blanks: Sequence[set[str]]) -> int:
    """Largest number of answers that can each stand in a blank of their own (augmenting paths, Kuhn 1955)."""
    holder: dict[int, int] = {}

    def place(answer: int, tried: set[int]) -> bool:
        for blank, alternatives in enumerate(blanks):
            if given[answer] in alternatives and blank not in tried:
                tried.add(blank)
                if blank not in holder or place(holder[blank], tried):
                    holder[blank] = answer
                    return True
        return False

    return sum(place(answer, set()) for answer in range(len(given)))


def _ordering(key: Key, value: Value, partial: bool) -> Decimal:
    order = list(key["order"])
    if not isinstance(value, list) or len(value) != len(order):
        return NOTHING
    return _share(sum(a == b for a, b in zip(value, order, strict=True)), len(order), partial)


def _matching(key: Key, value: Value, partial: bool) -> Decimal:
    pairs: Mapping[str, str] = key["pairs"]
    if not isinstance(value, dict):
        return NOTHING
    return _share(sum(value.get(left) == right for left, right in pairs.items()), len(pairs), partial)


def _short(key: Key, value: Value, partial: bool) -> Decimal:
    """Each keyword group found (any of its alternatives) counts the same."""
    groups: list[list[str]] = key["keywords"]
    if not isinstance(value, str):
        return NOTHING
    text = normal(value)
    found = sum(any(normal(word) in text for word in group) for group in groups)
    return Decimal(found) / len(groups)


def _share(right: int, of: int, partial: bool) -> Decimal:
    """All right: everything; else its share where part marks are given."""
    if right == of:
        return FULL
    return Decimal(right) / of if partial else NOTHING


MARKERS: dict[str, Callable[[Key, Value, bool], Decimal]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "blank": _blank,
    "ordering": _ordering,
    "matching": _matching,
    "short": _short,
}


def mark(item_type: str, key: Key, value: Value, *, partial: bool) -> Decimal:
    """The part of its points that `value` earns, from 0 to 1. Raises KeyError for a type that is never scored."""
    return MARKERS[item_type](key, value, partial)


@dataclass(frozen=True, slots=True)
class Question:
    """One marked question of a paper."""

    item_type: str
    key: Key
    points: Decimal
    topic: str


@dataclass(frozen=True, slots=True)
class Topic:
    """The result in one knowledge point."""

    name: str
    right: int
    total: int
    points: Decimal
    max_points: Decimal


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a paper. `marks` are parts from 0 to 1, one per question."""

    points: Decimal
    max_points: Decimal
    passed: bool
    marks: list[Decimal]
    topics: list[Topic]


def verdict(questions: Sequence[Question], values: Mapping[int, Value], *, pass_mark: int, partial: bool) -> Verdict:
    """Mark a paper: `values` by position from 1. Passed when points reach `pass_mark` per cent of the maximum."""
    marks = [
        mark(q.item_type, q.key, values[n], partial=partial) if n in values else NOTHING
        for n, q in enumerate(questions, 1)
    ]
    earned = [_round(q.points * part) for q, part in zip(questions, marks, strict=True)]
    total, maximum = sum(earned, NOTHING), sum((q.points for q in questions), NOTHING)
    names = dict.fromkeys(q.topic for q in questions)
    topics = [_topic(name, questions, marks, earned) for name in names]
    return Verdict(total, maximum, total * 100 >= maximum * pass_mark, marks, topics)


def _topic(name: str, questions: Sequence[Question], marks: Sequence[Decimal], earned: Sequence[Decimal]) -> Topic:
    rows = [(q, part, got) for q, part, got in zip(questions, marks, earned, strict=True) if q.topic == name]
    return Topic(
        name,
        right=sum(part == FULL for _q, part, _got in rows),
        total=len(rows),
        points=sum((got for _q, _part, got in rows), NOTHING),
        max_points=sum((q.points for q, _part, _got in rows), NOTHING),
    )


def _round(points: Decimal) -> Decimal:
    return points.quantize(CENT, rounding=ROUND_HALF_UP)


def mastered(results: Sequence[bool], *, right: int, of: int) -> bool:
    """True once `right` of the last `of` answers are right."""
    return recent_right(results, of=of) >= right


def recent_right(results: Sequence[bool], *, of: int) -> int:
    """How many of the last `of` answers are right."""
    return sum(results[-of:])


class Keyed(Protocol):
    """A version with its key at hand."""

    @property
    def key(self) -> Any: ...
    @property
    def item(self) -> Any: ...
    @property
    def content(self) -> Any: ...


def model_answer(version: Keyed) -> Value:
    """A value that earns full marks, for demo data and tests. Nothing that serves a page may call this."""
    answer: Key = version.key.answer or {}
    match version.item.type:
        case "single":
            return answer["right"][0]
        case "multiple" | "true_false":
            return answer["right"]
        case "blank":
            return [alternatives[0] for alternatives in answer["blanks"]]
        case "ordering":
            return answer["order"]
        case "matching":
            return dict(answer["pairs"])
        case "short":
            return "，".join(group[0] for group in answer["keywords"])
        case _:
            return version.content["options"][-1]["id"]
