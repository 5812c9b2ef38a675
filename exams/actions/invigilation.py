"""What an invigilator does: give minutes, lock, unlock, hand in for somebody, change the code."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from exams import queries
from exams.actions.marking import close_attempt
from exams.actions.sitting import AttemptClosed
from exams.models import Attempt, AttemptState, EventKind, LockCause, Presence, Session, SittingEvent
from exams.models.rules import session_code
from foundation.audit.actions import record

MOST_MINUTES = 240


class ReasonMissing(ValueError):
    """Whoever does this to somebody's exam says why."""


class TooManyMinutes(ValueError):
    """One attempt gets at most MOST_MINUTES beyond its deadline, and none runs past its programme."""


def _reasoned(reason: str) -> str:
    reason = reason.strip()[:200]
    if not reason:
        raise ReasonMissing
    return reason


def _locked(attempt: Attempt) -> Attempt:
    """The attempt, locked, with what closing and extending it need."""
    return (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("paper__sitting_rules", "enrolment__programme")
        .get(pk=attempt.pk)
    )


def _note(attempt: Attempt, kind: str, by: AbstractBaseUser, now: datetime, note: str, seconds: int = 0) -> None:
    SittingEvent.objects.create(
        attempt=attempt, kind=kind, epoch=attempt.epoch, at=now, by_id=by.pk, note=note, seconds=seconds
    )


@transaction.atomic
def give_minutes(
    *, by: AbstractBaseUser, attempt: Attempt, minutes: int, reason: str, at: datetime | None = None
) -> Attempt:
    """Move the deadline of one open attempt. Raises ReasonMissing, TooManyMinutes or AttemptClosed."""
    now, reason = at or timezone.now(), _reasoned(reason)
    attempt = _locked(attempt)
    if attempt.state != AttemptState.OPEN or attempt.deadline is None:
        raise AttemptClosed(attempt.public_id)
    given = queries.minutes_given([attempt.pk]).get(attempt.pk, 0)
    if not 1 <= minutes <= MOST_MINUTES - given:
        raise TooManyMinutes(minutes)
    later = _later(attempt, minutes)
    if later <= attempt.deadline:
        raise TooManyMinutes(minutes)
    attempt.deadline = later
    attempt.save(update_fields=["deadline"])
    _note(attempt, EventKind.EXTENDED, by, now, reason, minutes * 60)
    details = {"minutes": minutes, "reason": reason}
    record(action="exams.give_minutes", actor=by, target=f"exams.Attempt:{attempt.pk}", details=details)
    return attempt


def _later(attempt: Attempt, minutes: int) -> datetime:
    assert attempt.deadline is not None, "an exam"
    return min(attempt.deadline + timedelta(minutes=minutes), queries.end_of(attempt.enrolment.programme))


@transaction.atomic
def give_minutes_to_all(
    *, by: AbstractBaseUser, session: Session, minutes: int, reason: str, at: datetime | None = None
) -> int:
    """Move the deadline of every open attempt of a session; returns how many. Whoever has the most already keeps it.

    Raises ReasonMissing or TooManyMinutes.
    """
    now, reason = at or timezone.now(), _reasoned(reason)
    if not 1 <= minutes <= MOST_MINUTES:
        raise TooManyMinutes(minutes)
    sitting = Attempt.objects.select_for_update(of=("self",), no_key=True).filter(
        session=session, state=AttemptState.OPEN, deadline__isnull=False
    )
    attempts = list(sitting.select_related("enrolment__programme").order_by("pk"))
    given = queries.minutes_given([attempt.pk for attempt in attempts])
    moved = []
    for attempt in attempts:
        later = _later(attempt, minutes)
        if attempt.deadline and later > attempt.deadline and given.get(attempt.pk, 0) + minutes <= MOST_MINUTES:
            attempt.deadline = later
            moved.append(attempt)
    Attempt.objects.bulk_update(moved, ["deadline"], batch_size=200)
    SittingEvent.objects.bulk_create(
        [
            SittingEvent(
                attempt=a,
                kind=EventKind.EXTENDED,
                epoch=a.epoch,
                at=now,
                by_id=by.pk,
                note=reason,
                seconds=minutes * 60,
            )
            for a in moved
        ],
        batch_size=500,
    )
    details = {"minutes": minutes, "reason": reason, "attempts": len(moved)}
    record(action="exams.give_minutes_to_all", actor=by, target=f"exams.Session:{session.pk}", details=details)
    return len(moved)


@transaction.atomic
def lock_attempt(*, by: AbstractBaseUser, attempt: Attempt, reason: str, at: datetime | None = None) -> Attempt:
    """Hide the questions of an open attempt until it is unlocked. Raises ReasonMissing or AttemptClosed."""
    now, reason = at or timezone.now(), _reasoned(reason)
    attempt = _locked(attempt)
    if attempt.state != AttemptState.OPEN or attempt.locked_at:
        raise AttemptClosed(attempt.public_id)
    attempt.locked_at, attempt.locked_for = now, LockCause.PERSON
    attempt.save(update_fields=["locked_at", "locked_for"])
    _note(attempt, EventKind.LOCKED, by, now, reason)
    record(action="exams.lock_attempt", actor=by, target=f"exams.Attempt:{attempt.pk}", details={"reason": reason})
    return attempt


@transaction.atomic
def unlock_attempt(*, by: AbstractBaseUser, attempt: Attempt, reason: str = "", at: datetime | None = None) -> Attempt:
    """Show the questions again; only the next time away can lock it again. Raises AttemptClosed if it is not locked."""
    now = at or timezone.now()
    attempt = _locked(attempt)
    if attempt.state != AttemptState.OPEN or not attempt.locked_at:
        raise AttemptClosed(attempt.public_id)
    attempt.locked_at, attempt.locked_for = None, ""
    attempt.save(update_fields=["locked_at", "locked_for"])
    Presence.objects.filter(attempt=attempt).update(away_since=None)
    _note(attempt, EventKind.UNLOCKED, by, now, reason.strip()[:200])
    record(
        action="exams.unlock_attempt", actor=by, target=f"exams.Attempt:{attempt.pk}", details={"reason": reason[:200]}
    )
    return attempt


@transaction.atomic
def force_submit(*, by: AbstractBaseUser, attempt: Attempt, reason: str, at: datetime | None = None) -> Attempt:
    """Hand an attempt in for its learner, with what the server has; the earliest moment does not apply.

    If the learner or the sweeper was first, theirs is returned. Raises ReasonMissing, or AttemptClosed if it is void.
    """
    now, reason = at or timezone.now(), _reasoned(reason)
    attempt = _locked(attempt)
    if attempt.state == AttemptState.VOID:
        raise AttemptClosed(attempt.public_id)
    if attempt.state != AttemptState.OPEN:
        return attempt
    _note(attempt, EventKind.FORCED, by, now, reason)
    return close_attempt(attempt=attempt, now=now, by=by, action="exams.force_submit", details={"reason": reason})


@transaction.atomic
def rotate_code(*, by: AbstractBaseUser, session: Session) -> Session:
    """Give a session a new code; whoever has begun is not asked again."""
    session.code = session_code()
    session.save(update_fields=["code"])
    record(action="exams.rotate_code", actor=by, target=f"exams.Session:{session.pk}")
    return session
