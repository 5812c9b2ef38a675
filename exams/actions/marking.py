"""Close an attempt: the one place where a score is made, for the learner's hand-in and for the sweeper alike."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection

from exams import steps
from exams.grading import Verdict, hand_share, rounded
from exams.models import Attempt, AttemptState, HandTask, Score
from exams.queries import answers_of, grace
from exams.queries.keys import Marked, inputs_of, marked_versions, verdict_of
from foundation.audit.actions import record


def close_attempt(
    *,
    attempt: Attempt,
    now: datetime,
    by: AbstractBaseUser | None,
    action: str,
    details: dict[str, Any] | None = None,
) -> Attempt:
    """Mark and close an open attempt that the caller has locked. The moment is never later than deadline and grace.

    In the caller's transaction; compare-and-set, so that of many callers one makes the score. Answers that people
    must mark leave the attempt `marking`, without a score, until the last of them is marked.
    """
    moment = min(now, attempt.deadline + grace()) if attempt.deadline else now
    values = answers_of(attempt)
    keys = marked_versions(pk for pk, _points in attempt.drawn)
    result = verdict_of(attempt, keys, values)
    state, passed = (AttemptState.MARKING, None) if result.pending else (AttemptState.SUBMITTED, result.passed)
    if not _closed(attempt.pk, state, moment, passed):
        return Attempt.objects.select_related("paper").get(pk=attempt.pk)
    attempt.state, attempt.submitted_at, attempt.passed = state, moment, passed
    if result.pending:
        _wait_for_people(attempt, result.pending, keys, values)
    else:
        store_score(attempt, result, inputs_of(attempt, keys, values), moment)
        steps.marked(attempt)
    record(action=action, actor=by, target=f"exams.Attempt:{attempt.pk}", details=details)
    return attempt


def _closed(pk: int, state: str, moment: datetime, passed: bool | None) -> bool:
    """Compare-and-set; written out, as everything is that each hand-in does and Django would put together anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exams_attempt SET state = %s, submitted_at = %s, passed = %s WHERE id = %s AND state = 'open'",
            [state, connection.ops.adapt_datetimefield_value(moment), passed, pk],
        )
        return bool(cursor.rowcount == 1)


def _wait_for_people(
    attempt: Attempt, positions: list[int], keys: Mapping[int, Marked], values: Mapping[int, Any]
) -> None:
    """A task for each answer, worth the points that people give: of a case, those of the parts they read."""
    rows = [(n, *attempt.drawn[n - 1][:2]) for n in positions]
    HandTask.objects.bulk_create(
        HandTask(
            attempt=attempt,
            position=n,
            version_id=version,
            points=rounded(Decimal(points) * hand_share(keys[version].answer, values[n])),
        )
        for n, version, points in rows
    )


def store_score(attempt: Attempt, result: Verdict, inputs: str, moment: datetime, **more: Any) -> None:
    """Write a verdict down as a row of its own; `more` are run, reason, who decided, or a pass that is kept."""
    fields: dict[str, Any] = {"passed": result.passed, **more}
    score = Score(
        attempt=attempt,
        points=result.points,
        max_points=result.max_points,
        marks=[None if part is None else _short_form(part) for part in result.marks],
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
        **fields,
    )
    columns, sql = _insertion()
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(getattr(score, field.attname), connection) for field in columns])


@cache
def _insertion() -> tuple[list[Any], str]:
    """The columns of a score without its key, and the statement that inserts them."""
    columns = [field for field in Score._meta.concrete_fields if not field.primary_key]
    names, places = ", ".join(str(field.column) for field in columns), ", ".join(["%s"] * len(columns))
    return columns, f"INSERT INTO {Score._meta.db_table} ({names}) VALUES ({places})"  # noqa: S608


def _short_form(part: Decimal) -> str:
    return str(part.quantize(Decimal("0.0001")).normalize())
