"""Marking. Pure: content and key in, a part between 0 and 1 out. No Django, no clock, no database.

Values as they come from a learner (anything else earns nothing):

    single, survey   "option id"
    multiple         ["option id", …]
    true_false       true | false
    blank            ["text", …], one per blank
    ordering         ["option id", …] in the learner's order
    matching         {"left id": "right id", …}
    short            "text"
    scenario         {"part id": value of the part, …}

Keys: `{"right": […]}` (single, multiple), `{"right": bool}` (true_false), `{"blanks": [["alternative", …], …],
"any_order": bool}`, `{"order": […]}`, `{"pairs": {left: right}}`, `{"keywords": [["alternative", …], …]}`,
`{"by_hand": true, "rubric": "text"}` (short: people mark it), and for a scenario `{"parts": {id: {"type": …,
"share": weight, and the part's own key}}}`.

Part marks are given by one of three rules (`partial`):

    ""       all or nothing
    "half"   multiple: some right and none wrong earns half (部分给分)
    "share"  multiple: each right one earns its share unless one is wrong

With either of the last two, each right blank, place or pair earns its share.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

Value = Any
Partial = str  # "", "half" or "share"
Key = Mapping[str, Any]
FULL, NOTHING = Decimal(1), Decimal(0)
CENT = Decimal("0.01")


def normal(text: str) -> str:
    """Full-width and half-width, upper and lower case, blanks and the final stop make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).rstrip(".。")


def _single(key: Key, value: Value, partial: Partial) -> Decimal:
    return FULL if isinstance(value, str) and [value] == list(key["right"]) else NOTHING


def _multiple(key: Key, value: Value, partial: Partial) -> Decimal:
    """All right: everything. Part marks: none wrong and some missing earns half, or the share of the right ones."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return NOTHING
    chosen, right = set(value), set(key["right"])
    if chosen == right:
        return FULL
    if not partial or not chosen or not chosen < right:
        return NOTHING
    return Decimal("0.5") if partial == "half" else Decimal(len(chosen)) / len(right)


def _true_false(key: Key, value: Value, partial: Partial) -> Decimal:
    return FULL if isinstance(value, bool) and value is key["right"] else NOTHING


def _blank(key: Key, value: Value, partial: Partial) -> Decimal:
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


def _ordering(key: Key, value: Value, partial: Partial) -> Decimal:
    order = list(key["order"])
    if not isinstance(value, list) or len(value) != len(order):
        return NOTHING
    return _share(sum(a == b for a, b in zip(value, order, strict=True)), len(order), partial)


def _matching(key: Key, value: Value, partial: Partial) -> Decimal:
    pairs: Mapping[str, str] = key["pairs"]
    if not isinstance(value, dict):
        return NOTHING
    return _share(sum(value.get(left) == right for left, right in pairs.items()), len(pairs), partial)


def _short(key: Key, value: Value, partial: Partial) -> Decimal:
    """Each keyword group found (any of its alternatives) counts the same."""
    groups: list[list[str]] = key["keywords"]
    if not isinstance(value, str):
        return NOTHING
    text = normal(value)
    found = sum(any(normal(word) in text for word in group) for group in groups)
    return Decimal(found) / len(groups)


def part_marks(key: Key, value: Value, *, partial: Partial) -> dict[str, Decimal | None]:
    """What each part of a case earns, from 0 to 1, in the order of the parts; None where a person has to mark."""
    given: Mapping[str, Value] = value if isinstance(value, dict) else {}
    marks: dict[str, Decimal | None] = {}
    for name, part in key["parts"].items():
        if name not in given:
            marks[name] = NOTHING
        elif part.get("by_hand"):
            marks[name] = _waits(given[name])
        else:
            marks[name] = MARKERS[part["type"]](part, given[name], partial)
    return marks


def weighted(key: Key, marks: Mapping[str, Decimal | None]) -> Decimal | None:
    """The mean of a case's part marks by the parts' shares; None while one of them is missing."""
    shares = {name: Decimal(part["share"]) for name, part in key["parts"].items()}
    known = {name: mark for name, mark in marks.items() if mark is not None}
    if set(known) != set(shares):
        return None
    return sum((known[name] * share for name, share in shares.items()), NOTHING) / sum(shares.values())


def _scenario(key: Key, value: Value, partial: Partial) -> Decimal | None:
    return weighted(key, part_marks(key, value, partial=partial))


def _share(right: int, of: int, partial: Partial) -> Decimal:
    """All right: everything; else its share where part marks are given."""
    if right == of:
        return FULL
    return Decimal(right) / of if partial else NOTHING


MARKERS: dict[str, Callable[[Key, Value, Partial], Decimal | None]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "blank": _blank,
    "ordering": _ordering,
    "matching": _matching,
    "short": _short,
    "scenario": _scenario,
}


def mark(item_type: str, key: Key, value: Value, *, partial: Partial | bool) -> Decimal | None:
    """The part of its points that `value` earns, from 0 to 1; None if people must mark it.

    `partial` True means "half". Raises KeyError for a type that is never scored.
    """
    if key.get("by_hand"):
        return _waits(value)
    return MARKERS[item_type](key, value, _rule(partial))


def _rule(partial: Partial | bool) -> Partial:
    return "half" if partial is True else partial or ""


def _waits(value: Value) -> Decimal | None:
    """None if there is something for people to mark."""
    return None if isinstance(value, str) and value.strip() else NOTHING


def hand_share(key: Key, value: Value) -> Decimal:
    """The part of a question's points that people mark: all of it, or of a case the shares of what is for them."""
    if "parts" not in key:
        return FULL
    waiting = {name: FULL if part is None else NOTHING for name, part in part_marks(key, value, partial="").items()}
    return weighted(key, waiting) or NOTHING


def with_hand(key: Key, value: Value, given: Decimal, *, partial: Partial) -> Decimal:
    """What a question earned of which people gave `given` (0 to 1) for what they marked."""
    if "parts" not in key:
        return given
    parts = part_marks(key, value, partial=partial)
    return weighted(key, {name: given if part is None else part for name, part in parts.items()}) or NOTHING


@dataclass(frozen=True, slots=True)
class Question:
    """One marked question of a paper. `effect` is what a correction did to it: "", "full" or "drop"."""

    item_type: str
    key: Key
    points: Decimal
    topic: str
    effect: str = ""


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
    """The result of a paper. `marks` are parts from 0 to 1, one per question; None for one that does not count.

    `pending` are the positions that people have yet to mark; until then the rest is only a sum of what is known.
    """

    points: Decimal
    max_points: Decimal
    passed: bool
    marks: list[Decimal | None]
    topics: list[Topic]
    pending: list[int]


def verdict(
    questions: Sequence[Question],
    values: Mapping[int, Value],
    *,
    pass_mark: int,
    partial: Partial | bool,
    by_hand: Mapping[int, Decimal] | None = None,
) -> Verdict:
    """Mark a paper: `values` and what people gave (`by_hand`) by position from 1.

    Passed when points reach `pass_mark` per cent of the maximum.
    """
    known = by_hand or {}
    parts = [_part(q, n, values, known, partial) for n, q in enumerate(questions, 1)]
    counts = [q.effect != "drop" for q in questions]
    pending = [n for n, (part, live) in enumerate(zip(parts, counts, strict=True), 1) if part is None and live]
    marks = [(part or NOTHING) if live else None for part, live in zip(parts, counts, strict=True)]
    rows = [(q, part, rounded(q.points * part)) for q, part in zip(questions, marks, strict=True) if part is not None]
    total, maximum = sum((got for _q, _part, got in rows), NOTHING), sum((q.points for q, _part, _got in rows), NOTHING)
    by_topic: dict[str, list[tuple[Question, Decimal, Decimal]]] = {}
    for row in rows:
        by_topic.setdefault(row[0].topic, []).append(row)
    topics = [_topic(name, own) for name, own in by_topic.items()]
    return Verdict(total, maximum, total * 100 >= maximum * pass_mark, marks, topics, pending)


def _part(
    question: Question,
    position: int,
    values: Mapping[int, Value],
    known: Mapping[int, Decimal],
    partial: Partial | bool,
) -> Decimal | None:
    """What one question earned, None if people must say."""
    if question.effect:
        return FULL if question.effect == "full" else NOTHING
    if position not in values:
        return NOTHING
    if position in known:
        return with_hand(question.key, values[position], known[position], partial=_rule(partial))
    return mark(question.item_type, question.key, values[position], partial=partial)


def _topic(name: str, own: Sequence[tuple[Question, Decimal, Decimal]]) -> Topic:
    return Topic(
        name,
        right=sum(part == FULL for _q, part, _got in own),
        total=len(own),
        points=sum((got for _q, _part, got in own), NOTHING),
        max_points=sum((q.points for q, _part, _got in own), NOTHING),
    )


def rounded(points: Decimal) -> Decimal:
    """Points to the cent, halves up."""
    return points.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt that has a result, as far as counting needs it. `percent` is of the maximum points."""

    key: int
    at: datetime
    passed: bool
    percent: Decimal
    pass_mark: int


def standing(outcomes: Sequence[Outcome], *, counting: str, acted_on: Sequence[datetime] = ()) -> Outcome | None:
    """The attempt on the strength of which a step is complete, None if it is not. `outcomes` in the order of sitting.

    "best": any attempt passed. "last": the newest did. "average": the mean of all reaches the pass mark; an attempt
    that passed counts at least with its pass mark, so that a pass that was kept is worth one.
    A later attempt that spoils the rule takes the step back, unless a later step had been completed by then
    (`acted_on`, moments): a pledge that was signed is not undone by a voluntary retry. Void attempts and attempts
    marked again are simply other facts: leave them out, or give the new result.
    """
    stands: Outcome | None = None
    for n, outcome in enumerate(outcomes, 1):
        holds = _holds(outcomes[:n], counting)
        if holds and stands is None:
            stands = outcome
        elif not holds and stands is not None and not any(moment <= outcome.at for moment in acted_on):
            stands = None
    return stands


def _holds(outcomes: Sequence[Outcome], counting: str) -> bool:
    newest = outcomes[-1]
    if counting == "best":
        return any(outcome.passed for outcome in outcomes)
    if counting == "last":
        return newest.passed
    counted = [max(o.percent, Decimal(o.pass_mark)) if o.passed else o.percent for o in outcomes]
    return sum(counted, NOTHING) >= newest.pass_mark * len(outcomes)


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
    return _model_value(version.item.type, version.content, version.key.answer or {})


def _model_value(item_type: str, content: Mapping[str, Any], answer: Key) -> Value:
    match item_type:
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
            return answer.get("rubric") or "，".join(group[0] for group in answer["keywords"])
        case "scenario":
            parts = answer["parts"].items()
            return {name: _model_value(part["type"], {}, part) for name, part in parts}
        case _:
            return content["options"][-1]["id"]
