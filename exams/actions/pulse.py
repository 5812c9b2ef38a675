"""A sign of life of an exam's page: what it noticed, and what the server tells it. Three statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction

from exams import queries
from exams.actions.saving import MAX_INT
from exams.models import (
    TOLD_BY_PAGE,
    Attempt,
    AttemptState,
    EventKind,
    LeaveAction,
    LockCause,
    Presence,
    SittingEvent,
    SittingRules,
)
from foundation.audit.actions import record

MAX_EVENTS, MAX_SECONDS = 100, 86400


class BadPulse(ValueError):
    """The pulse is not what our page sends."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something the page noticed: its place in the page's own count, what, and how long it lasted."""

    n: int
    kind: str
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Beat:
    """How the attempt stands. `state` is "open", "locked", "closed" or "elsewhere".

    `warning` is empty, "left" (the leave limit is not reached) or "limit" (it is passed); `left_count` of
    `leave_count` says how often the page was left. `is_supervised` if an invigilator sees it.
    """

    state: str
    remaining: int | None
    deadline: datetime | None
    accepted: list[int]
    cause: str = ""
    warning: str = ""
    is_supervised: bool = False
    left_count: int = 0
    leave_count: int | None = None


@transaction.atomic
def pulse(
    *,
    by: AbstractBaseUser,
    attempt_id: str,
    epoch: int,
    waiting: int = 0,
    events: Sequence[Noticed] = (),
    at: datetime | None = None,
) -> Beat:
    """Note that the page is there and what it noticed; repeating it changes nothing. At most three statements.

    Beyond the leave limit the attempt is locked, if the paper's rules say so and somebody supervises it, who can
    unlock it: that costs two more, once.
    Raises AttemptUnknown or BadPulse.
    """
    _check(waiting, events)
    attempt = queries.lock_for_pulse(user=by, public_id=attempt_id)
    if not 1 <= epoch <= attempt.epoch:
        raise BadPulse("epoch")
    now = at or attempt.now  # type: ignore[attr-defined]
    new = _store(attempt.pk, epoch, events, now) if events else []
    presence, rules = queries.presence_of(attempt), queries.sitting_rules(attempt.paper)
    is_live = attempt.state == AttemptState.OPEN and not queries.is_overdue(attempt, now) and epoch == attempt.epoch
    if is_live:
        presence = _note(attempt.pk, new, waiting, now)
        if queries.is_supervised(attempt) and not attempt.locked_at and _must_lock(rules, presence, new, now):
            _lock(attempt, presence, now)
    return _beat(attempt, epoch, presence, rules, [event.n for event in events], now)


def _check(waiting: int, events: Sequence[Noticed]) -> None:
    if not 0 <= waiting <= MAX_INT or len(events) > MAX_EVENTS:
        raise BadPulse("size")
    for event in events:
        if event.kind not in TOLD_BY_PAGE or not 1 <= event.n <= MAX_INT or not 0 <= event.seconds <= MAX_INT:
            raise BadPulse("event")


def _store(attempt_pk: int, epoch: int, events: Sequence[Noticed], now: datetime) -> list[Noticed]:
    """Insert what is new; returns it. The first of a number stays."""
    rows: Mapping[int, Noticed] = {event.n: event for event in reversed(events)}
    moment = connection.ops.adapt_datetimefield_value(now)
    parameters = [
        field
        for n, event in sorted(rows.items())
        for field in (attempt_pk, epoch, n, event.kind, min(event.seconds, MAX_SECONDS), moment)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exams_sittingevent (attempt_id, epoch, n, kind, seconds, at, note) VALUES "  # noqa: S608
            + ", ".join(["(%s, %s, %s, %s, %s, %s, '')"] * len(rows))
            + " ON CONFLICT (attempt_id, epoch, n) DO NOTHING RETURNING n",
            parameters,
        )
        return [rows[n] for n in sorted(row[0] for row in cursor.fetchall())]


def _note(attempt_pk: int, new: Sequence[Noticed], waiting: int, now: datetime) -> Presence:
    """Add what is new to the presence; returns it as it stands then. One statement.

    The database adds, so that two pulses at once lose nothing: the row was read before the attempt was locked.
    """
    kinds = [event.kind for event in new if event.kind in (EventKind.LEFT, EventKind.BACK)]
    seconds = sum(min(event.seconds, MAX_SECONDS) for event in new if event.kind == EventKind.BACK)
    moment = connection.ops.adapt_datetimefield_value(now)
    away = "exams_presence.away_since"
    if EventKind.BACK in kinds:
        away = "excluded.away_since"
    elif kinds:
        away = "COALESCE(exams_presence.away_since, excluded.away_since)"
    since = moment if kinds and kinds[-1] == EventKind.LEFT else None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exams_presence (attempt_id, seen_at, waiting, away_since, left_count, left_seconds)"  # noqa: S608
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (attempt_id) DO UPDATE SET seen_at = excluded.seen_at,"
            " waiting = excluded.waiting, left_count = exams_presence.left_count + excluded.left_count,"
            f" left_seconds = exams_presence.left_seconds + excluded.left_seconds, away_since = {away}"
            " RETURNING left_count, left_seconds, away_since",
            [attempt_pk, moment, waiting, since, kinds.count(EventKind.LEFT), seconds],
        )
        left_count, left_seconds, away_since = cursor.fetchone()
    if isinstance(away_since, str):
        away_since = datetime.fromisoformat(away_since)
    if away_since is not None and away_since.tzinfo is None:  # SQLite keeps moments without the offset, in UTC
        away_since = away_since.replace(tzinfo=UTC)
    return Presence(
        attempt_id=attempt_pk,
        seen_at=now,
        waiting=waiting,
        away_since=away_since,
        left_count=left_count,
        left_seconds=left_seconds,
    )


def _is_beyond(rules: SittingRules, presence: Presence, now: datetime) -> bool:
    away = (now - presence.away_since).total_seconds() if presence.away_since else 0
    return (rules.leave_count is not None and presence.left_count > rules.leave_count) or (
        rules.leave_seconds is not None and presence.left_seconds + away > rules.leave_seconds
    )


def _must_lock(rules: SittingRules, presence: Presence, new: Sequence[Noticed], now: datetime) -> bool:
    """Only leaving locks: after an unlock the next time away does, not the next pulse."""
    leaving = presence.away_since is not None or any(e.kind in (EventKind.LEFT, EventKind.BACK) for e in new)
    return rules.leave_action == LeaveAction.LOCK and leaving and _is_beyond(rules, presence, now)


def _lock(attempt: Attempt, presence: Presence, now: datetime) -> None:
    attempt.locked_at, attempt.locked_for = now, LockCause.LEAVING
    Attempt.objects.filter(pk=attempt.pk).update(locked_at=now, locked_for=LockCause.LEAVING)
    SittingEvent.objects.create(attempt=attempt, kind=EventKind.LOCKED, epoch=attempt.epoch, at=now)
    details = {"left_count": presence.left_count, "left_seconds": presence.left_seconds}
    record(action="exams.pulse", actor=None, target=f"exams.Attempt:{attempt.pk}", details={"locked": details})


def _beat(
    attempt: Attempt, epoch: int, presence: Presence, rules: SittingRules, accepted: list[int], now: datetime
) -> Beat:
    if attempt.state != AttemptState.OPEN or queries.is_overdue(attempt, now):
        state = "closed"
    elif epoch != attempt.epoch:
        state = "elsewhere"
    else:
        state = "locked" if attempt.locked_at else "open"
    warning = ""
    if rules.leave_action != LeaveAction.RECORD and presence.left_count:
        warning = "limit" if _is_beyond(rules, presence, now) else "left"
    return Beat(
        state=state,
        remaining=max(0, int((attempt.deadline - now).total_seconds())) if attempt.deadline else None,
        deadline=attempt.deadline,
        accepted=sorted(set(accepted)),
        cause=attempt.locked_for,
        warning=warning,
        is_supervised=queries.is_supervised(attempt),
        left_count=presence.left_count,
        leave_count=rules.leave_count,
    )
