"""Training sessions of a step: sign up for them, record who was there."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from courses.models import Attendance, AttendanceMethod, SessionState, SessionStep, SignUp, TrainingSession
from courses.queries.sessions import may_organise
from courses.steps import Enrolment, find_guest, lock, session_attended, session_unattended
from foundation.audit.actions import record


@transaction.atomic
def assign_sessions(*, by: AbstractBaseUser | None, step: Any, sessions: Collection[TrainingSession]) -> SessionStep:
    """Say which sessions count for a step (of kind "session"); a second call replaces the list."""
    row, _created = SessionStep.objects.get_or_create(step=step)
    row.sessions.set(sessions)
    record(
        action="courses.assign_sessions",
        actor=by,
        target=f"courses.SessionStep:{row.pk}",
        details={"sessions": sorted(session.pk for session in sessions)},
    )
    return row


class SessionClosed(ValueError):
    """The session is not open for sign-up."""


class SessionFull(ValueError):
    """All places are taken."""


@transaction.atomic
def sign_up(*, enrolment: Enrolment, session: TrainingSession, at: datetime | None = None) -> SignUp:
    """Take a place; a second call returns the place held. Raises SessionClosed or SessionFull.

    The place is counted by one conditional UPDATE, so the last one is given once however many ask for it.
    """
    lock(enrolment)
    held = SignUp.objects.filter(session=session, enrolment=enrolment, cancelled_at=None).first()
    if held:
        return held
    open_now = TrainingSession.objects.filter(pk=session.pk, state=SessionState.OPEN)
    if not open_now.filter(taken__lt=F("capacity")).update(taken=F("taken") + 1):
        raise SessionFull(session.public_id) if open_now.exists() else SessionClosed(session.public_id)
    place = SignUp.objects.create(session=session, enrolment=enrolment, signed_up_at=at or timezone.now())
    record(
        action="courses.sign_up",
        actor=enrolment.user,
        target=f"courses.TrainingSession:{session.pk}",
        details={"enrolment": enrolment.pk},
    )
    return place


class NotSignedUp(ValueError):
    """There is no place to give back."""


@transaction.atomic
def cancel_sign_up(*, enrolment: Enrolment, session: TrainingSession, at: datetime | None = None) -> None:
    """Give a place back, until sign-up closes. Raises NotSignedUp or SessionClosed."""
    if not TrainingSession.objects.filter(pk=session.pk, state=SessionState.OPEN).exists():
        raise SessionClosed(session.public_id)
    held = SignUp.objects.filter(session=session, enrolment=enrolment, cancelled_at=None)
    if not held.update(cancelled_at=at or timezone.now()):
        raise NotSignedUp(session.public_id)
    TrainingSession.objects.filter(pk=session.pk).update(taken=F("taken") - 1)
    record(
        action="courses.cancel_sign_up",
        actor=enrolment.user,
        target=f"courses.TrainingSession:{session.pk}",
        details={"enrolment": enrolment.pk},
    )


@transaction.atomic
def record_attendance(
    *, by: AbstractBaseUser, session: TrainingSession, enrolment: Enrolment, method: str, at: datetime | None = None
) -> Attendance:
    """Record that a learner was there (by list: the organiser; by code: the learner). Idempotent.

    Raises PermissionDenied if `by` may not record by list, SessionClosed if the session is cancelled or a draft.
    """
    if method == AttendanceMethod.LIST and not may_organise(by, session):
        raise PermissionDenied(session.public_id)
    if not TrainingSession.objects.filter(pk=session.pk, state__in=(SessionState.OPEN, SessionState.CLOSED)).exists():
        raise SessionClosed(session.public_id)
    fact, created = Attendance.objects.get_or_create(
        session=session,
        enrolment=enrolment,
        revoked_at=None,
        defaults={"method": method, "recorded_by_id": by.pk, "attended_at": at or timezone.now()},
    )
    if created:
        session_attended(fact)
        record(
            action="courses.record_attendance",
            actor=by,
            target=f"courses.Attendance:{fact.pk}",
            details={"enrolment": enrolment.pk, "method": method},
        )
    return fact


@transaction.atomic
def mark_attendance(
    *, by: AbstractBaseUser, session: TrainingSession, guest: str, is_there: bool, at: datetime | None = None
) -> None:
    """Tick or untick one row of the list; `guest` is the public id of an enrolment that holds a place or was there.

    Raises PermissionDenied, NotSignedUp or SessionClosed.
    """
    if not may_organise(by, session):
        raise PermissionDenied(session.public_id)
    enrolment = find_guest(session, guest)
    if enrolment is None:
        raise NotSignedUp(guest)
    if is_there:
        record_attendance(by=by, session=session, enrolment=enrolment, method=AttendanceMethod.LIST, at=at)
    else:
        _revoke_attendance(by, session, enrolment, at or timezone.now())


def _revoke_attendance(by: AbstractBaseUser, session: TrainingSession, enrolment: Enrolment, now: datetime) -> None:
    """Mark the fact as a mistake and tell the programme."""
    fact = Attendance.objects.filter(session=session, enrolment=enrolment, revoked_at=None).first()
    if fact is None or not Attendance.objects.filter(pk=fact.pk, revoked_at=None).update(
        revoked_at=now, revoked_by_id=by.pk
    ):
        return
    session_unattended(fact)
    record(
        action="courses.revoke_attendance",
        actor=by,
        target=f"courses.Attendance:{fact.pk}",
        details={"enrolment": enrolment.pk},
    )
