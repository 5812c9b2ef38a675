"""The keys that count: as they were frozen, unless a correction says otherwise. For marking and for review only."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from exams.grading import Question, Verdict, verdict
from exams.models import Attempt, ItemVersion, KeyCorrection


@dataclass(frozen=True, slots=True)
class Marked:
    """What marking needs to know of one wording. `effect` is "", "full" or "drop"."""

    item_type: str
    topic: str
    answer: Mapping[str, Any]
    effect: str = ""


# Handing in runs this once for fifty wordings: written out, it costs a third of what the ORM takes to build it.
SQL = """
SELECT v.id, i.type, p.name, k.answer, c.effect, c.answer
FROM exams_itemversion v
JOIN exams_item i ON i.id = v.item_id
LEFT JOIN exams_knowledgepoint p ON p.id = i.point_id
LEFT JOIN exams_itemkey k ON k.version_id = v.id
LEFT JOIN exams_keycorrection c ON c.version_id = v.id
WHERE v.id IN ({})
ORDER BY c.id
"""
CHUNK = 5000


def marked_versions(ids: Iterable[int]) -> dict[int, Marked]:
    """Types, topics and keys by version id, the newest correction applied. One statement per 5,000."""
    wanted = list(ids)
    found: dict[int, Marked] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(SQL.format(", ".join(["%s"] * len(part))), part)
            rows = cursor.fetchall()
        for (pk, kind, topic, _answer, effect, other), answer in zip(rows, _parsed(rows), strict=True):
            marked = Marked(kind, topic or "", answer or {})
            found[pk] = corrected(marked, effect, _parsed([(other,) * 4])[0]) if effect else marked
    return found


def _parsed(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The keys of rows (fourth column), parsed at once: JSON columns come as text or, from PostgreSQL, as values."""
    answers = [row[3] for row in rows]
    if all(answer is None or isinstance(answer, (str, bytes)) for answer in answers):
        parsed: list[Any] = json.loads(f"[{','.join('null' if a is None else str(a) for a in answers)}]")
        return parsed
    return answers


def corrected(marked: Marked, effect: str, answer: Mapping[str, Any] | None) -> Marked:
    """`marked` under a correction: another key, full marks for everyone, or out of the count."""
    if effect == "key":
        return Marked(marked.item_type, marked.topic, answer or {})
    return Marked(marked.item_type, marked.topic, marked.answer, effect)


def corrections_of(ids: Iterable[int]) -> dict[int, tuple[str, Any]]:
    """`{version id: (effect, answer)}` of the newest correction of each version that has one. One statement."""
    rows = KeyCorrection.objects.filter(version_id__in=list(ids)).order_by("pk")
    return {version: (effect, answer) for version, effect, answer in rows.values_list("version_id", "effect", "answer")}


def verdict_of(
    attempt: Attempt,
    keys: Mapping[int, Marked],
    values: Mapping[int, Any],
    by_hand: Mapping[int, Decimal] | None = None,
) -> Verdict:
    """What `keys`, the learner's `values` and the markers' parts (`by_hand`) make of an attempt. Writes nothing."""
    paper = attempt.paper
    questions = [_question(keys[row[0]], row[1]) for row in attempt.drawn]
    partial = paper.part_rule if paper.partial_credit else ""
    return verdict(questions, values, pass_mark=attempt.pass_mark or 0, partial=partial, by_hand=by_hand)


def _question(marked: Marked, points: str) -> Question:
    return Question(marked.item_type, marked.answer, Decimal(points), marked.topic, marked.effect)


def inputs_of(
    attempt: Attempt,
    keys: Mapping[int, Marked],
    values: Mapping[int, Any],
    by_hand: Mapping[int, Decimal] | None = None,
) -> str:
    """SHA-256 over answers, drawn versions, keys and markers' parts as canonical JSON: what exactly was marked."""
    body: dict[str, Any] = {
        "drawn": attempt.drawn,
        "answers": {str(n): value for n, value in values.items()},
        "keys": {str(row[0]): keys[row[0]].answer for row in attempt.drawn},
    }
    effects = {str(row[0]): keys[row[0]].effect for row in attempt.drawn if keys[row[0]].effect}
    if effects:
        body["effects"] = effects
    if by_hand:
        body["by_hand"] = {str(n): str(part) for n, part in by_hand.items()}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def key_that_counts(version: ItemVersion) -> dict[str, Any]:
    """The key of one version, the newest correction that gave another one applied; {} without a key. One statement."""
    _effect, answer = corrections_of([version.pk]).get(version.pk, ("", None))
    return dict(answer or version.key.answer or {})
