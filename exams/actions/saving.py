"""Save answers as they arrive: append-only, idempotent, two statements."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Max

from exams import queries
from exams.models import Response
from exams.queries import Desk

EVIDENCE_KEPT = timedelta(days=1)
MAX_BATCH, MAX_VALUE = 200, 16_000
MAX_INT = 2**31 - 1


class BadAnswers(ValueError):
    """The batch is not what our page sends."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One change: its place in the client's sequence, the question, and what is there now (None: cleared)."""

    seq: int
    position: int
    value: Any


@dataclass(frozen=True, slots=True)
class Saved:
    """What is stored. The client may forget only the sequence numbers in `accepted`.

    `problem` is empty, "closed" (handed in, or past deadline and grace) or "elsewhere" (another page has the pen);
    with a problem the answers are kept as evidence and do not count.
    """

    accepted: list[int]
    saved_at: datetime
    remaining: int | None
    problem: str


def is_well_formed(value: Any) -> bool:
    """A text, a truth value, nothing, or a flat list or dict of texts; a case's parts hold such values once more."""
    if isinstance(value, dict):
        return all(type(key) is str and _is_flat(part) for key, part in value.items())
    return _is_flat(value)


def _is_flat(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    if isinstance(value, dict):
        return all(isinstance(part, str) for pair in value.items() for part in pair)
    return value is None or isinstance(value, (str, bool))


def checked_batch(answers: Sequence[Answer], questions: int) -> dict[int, tuple[int, str]]:
    """{seq: (position, canonical JSON)}. Raises BadAnswers."""
    rows: dict[int, tuple[int, str]] = {}
    if not 0 < len(answers) <= MAX_BATCH:
        raise BadAnswers("batch")
    for answer in answers:
        text = json.dumps(answer.value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if not is_well_formed(answer.value) or len(text) > MAX_VALUE or "\\u0000" in text:
            raise BadAnswers("value")
        if not 1 <= answer.position <= questions or not 1 <= answer.seq <= MAX_INT:
            raise BadAnswers("place")
        if rows.setdefault(answer.seq, (answer.position, text)) != (answer.position, text):
            raise BadAnswers("sequence")
    return rows


@transaction.atomic
def save_responses(
    *, by: AbstractBaseUser, attempt_id: str, epoch: int, answers: Sequence[Answer], at: datetime | None = None
) -> Saved:
    """Store a batch of answers; repeating it changes nothing. Two statements.

    The attempt must be the caller's own, in a live enrolment of an open programme: starting it passed the gate.
    Raises AttemptUnknown or BadAnswers.
    """
    desk = queries.lock_desk(user=by, public_id=attempt_id)
    return _save(desk, epoch, answers, at or desk.now)


def _save(desk: Desk, epoch: int, answers: Sequence[Answer], now: datetime) -> Saved:
    if not 1 <= epoch <= desk.epoch:
        raise BadAnswers("epoch")
    rows = checked_batch(answers, desk.questions)
    problem, remaining = desk.problem(epoch, now), desk.remaining(now)
    end = desk.submitted_at or desk.deadline
    if problem and end and now > end + EVIDENCE_KEPT:
        return Saved([], now, remaining, problem)
    return Saved(_store(desk.pk, epoch, rows, now, late=bool(problem)), now, remaining, problem)


def _store(attempt_pk: int, epoch: int, rows: Mapping[int, tuple[int, str]], now: datetime, *, late: bool) -> list[int]:
    """Insert; a row that is there already counts as accepted only if it is equal. Returns the accepted numbers.

    The update touches nothing (write-once triggers would refuse a change): it makes RETURNING name equal rows too.
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    parameters = [
        field
        for seq, (position, text) in rows.items()
        for field in (attempt_pk, epoch, seq, position, text, moment, late)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exams_response (attempt_id, epoch, seq, position, value, received_at, late) VALUES "  # noqa: S608
            + ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(rows))
            + " ON CONFLICT (attempt_id, epoch, seq) DO UPDATE SET seq = excluded.seq"
            " WHERE exams_response.position = excluded.position AND exams_response.value = excluded.value"
            " RETURNING seq",
            parameters,
        )
        return sorted(row[0] for row in cursor.fetchall())


@transaction.atomic
def save_form(
    *, by: AbstractBaseUser, attempt_id: str, epoch: int, values: Mapping[int, Any], at: datetime | None = None
) -> Saved:
    """Save a whole plain form: the server gives the sequence numbers. Only changed answers are stored.

    Raises AttemptUnknown or BadAnswers.
    """
    desk = queries.lock_desk(user=by, public_id=attempt_id)
    now = at or desk.now
    stored = {position: json.loads(text) for position, _epoch, text in queries.newest_answers(desk.pk)}
    changed = {
        position: value
        for position, value in values.items()
        if value != stored.get(position) and (queries.is_answer(value) or queries.is_answer(stored.get(position)))
    }
    if not changed:
        return Saved([], now, desk.remaining(now), desk.problem(epoch, now))
    last = Response.objects.filter(attempt_id=desk.pk, epoch=epoch).aggregate(n=Max("seq"))["n"] or 0
    answers = [Answer(last + n, position, value) for n, (position, value) in enumerate(changed.items(), 1)]
    return _save(desk, epoch, answers, now)
