"""Close an attempt: the one place where a score is made, for the learner's hand-in and for the sweeper alike."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from exams import steps
from exams.grading import Question, Verdict, verdict
from exams.models import Attempt, AttemptState, ItemVersion, Score
from exams.queries import answers_of, grace
from foundation.audit.actions import record


def close_attempt(*, attempt: Attempt, now: datetime, by: AbstractBaseUser | None, action: str) -> Attempt:
    """Mark and close an open attempt that the caller has locked. The moment is never later than deadline and grace.

    In the caller's transaction; compare-and-set, so that of many callers one makes the score.
    """
    moment = min(now, attempt.deadline + grace()) if attempt.deadline else now
    values = answers_of(attempt)
    versions = ItemVersion.objects.select_related("item__point", "key").in_bulk([v for v, _points in attempt.drawn])
    result = _verdict(attempt, versions, values)
    closed = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.OPEN).update(
        state=AttemptState.SUBMITTED, submitted_at=moment, passed=result.passed
    )
    if not closed:
        return Attempt.objects.select_related("paper").get(pk=attempt.pk)
    attempt.state, attempt.submitted_at, attempt.passed = AttemptState.SUBMITTED, moment, result.passed
    _store(attempt, result, _inputs(attempt, versions, values), moment)
    if result.passed:
        steps.finished(attempt)
    record(action=action, actor=by, target=f"exams.Attempt:{attempt.pk}")
    return attempt


def _verdict(attempt: Attempt, versions: Mapping[int, ItemVersion], values: Mapping[int, Any]) -> Verdict:
    questions = [_question(versions[pk], points) for pk, points in attempt.drawn]
    return verdict(questions, values, pass_mark=attempt.pass_mark or 0, partial=attempt.paper.partial_credit)


def _question(version: ItemVersion, points: str) -> Question:
    item = version.item
    return Question(item.type, version.key.answer or {}, Decimal(points), item.point.name if item.point else "")


def _inputs(attempt: Attempt, versions: Mapping[int, ItemVersion], values: Mapping[int, Any]) -> str:
    """SHA-256 over answers, drawn versions and keys as canonical JSON: what exactly was marked."""
    keys = {str(pk): versions[pk].key.answer for pk, _points in attempt.drawn}
    body = {"drawn": attempt.drawn, "answers": {str(k): v for k, v in values.items()}, "keys": keys}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _store(attempt: Attempt, result: Verdict, inputs: str, moment: datetime) -> None:
    Score.objects.create(
        attempt=attempt,
        points=result.points,
        max_points=result.max_points,
        passed=result.passed,
        marks=[str(part.quantize(Decimal("0.0001")).normalize()) for part in result.marks],
        by_topic=[
            {
                "name": t.name,
                "right": t.right,
                "total": t.total,
                "points": str(t.points),
                "max": str(t.max_points),
            }
            for t in result.topics
        ],
        inputs=inputs,
        marked_at=moment,
    )
