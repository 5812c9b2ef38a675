"""What an exam manager decides about one person or unit: another attempt, more time, or that one does not count."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from exams.actions.sitting import AttemptClosed
from exams.models import Attempt, AttemptKind, AttemptState, ExtraAttempt, ExtraTime, Paper
from exams.steps import recounted
from foundation.audit.actions import record


@transaction.atomic
def void_attempt(*, by: AbstractBaseUser, attempt: Attempt, reason: str) -> None:
    """Take an attempt out of the count; the step it completed is taken back unless another attempt passed.

    Raises AttemptClosed if it was void already.
    """
    if not Attempt.objects.filter(pk=attempt.pk).exclude(state=AttemptState.VOID).update(state=AttemptState.VOID):
        raise AttemptClosed(attempt.public_id)
    recounted(enrolment_id=attempt.enrolment_id, step_id=attempt.step_id)
    record(action="exams.void_attempt", actor=by, target=f"exams.Attempt:{attempt.pk}", details={"reason": reason})


@transaction.atomic
def grant_attempt(
    *,
    by: AbstractBaseUser | None,
    paper: Paper,
    reason: str,
    kind: str = AttemptKind.MAKEUP,
    enrolment: Any = None,
    organisation: Any = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    at: datetime | None = None,
) -> ExtraAttempt:
    """Grant a make-up (补考) or a deferral (缓考) to one enrolment or to a unit, with a window of its own or without.

    Raises ValidationError without a reason, for both or neither of person and unit, or for half a window.
    """
    grant = ExtraAttempt(
        kind=kind,
        enrolment=enrolment,
        organisation=organisation,
        paper=paper,
        opens_at=opens_at,
        closes_at=closes_at,
        reason=reason.strip(),
        granted_by_id=by.pk if by else None,
        granted_at=at or timezone.now(),
    )
    grant.full_clean()
    grant.save()
    details = {"kind": kind, "to": "person" if enrolment else "unit"}
    record(action="exams.grant_attempt", actor=by, target=f"exams.ExtraAttempt:{grant.pk}", details=details)
    return grant


def grant_makeup(
    *, by: AbstractBaseUser | None, enrolment: Any, paper: Paper, reason: str, at: datetime | None = None
) -> ExtraAttempt:
    """Grant one more attempt (补考) to one enrolment. Raises ValidationError without a reason."""
    return grant_attempt(by=by, enrolment=enrolment, paper=paper, reason=reason, at=at)


@transaction.atomic
def grant_time(
    *,
    by: AbstractBaseUser | None,
    user: AbstractBaseUser,
    reason: str,
    percent: int = 0,
    minutes: int = 0,
    from_on: date | None = None,
    until_on: date | None = None,
    at: datetime | None = None,
) -> ExtraTime:
    """Give one person more time in every exam that begins within these days; of several grants the newest holds.

    Raises ValidationError without a reason, for nothing, or for days in the wrong order.
    """
    moment = at or timezone.now()
    first = from_on or timezone.localdate(moment)
    granted = ExtraTime(
        user_id=user.pk,
        percent=percent,
        minutes=minutes,
        reason=reason.strip(),
        from_on=first,
        until_on=until_on,
        granted_by_id=by.pk if by else None,
        granted_at=moment,
    )
    granted.full_clean()
    granted.save()
    record(action="exams.grant_time", actor=by, target=f"exams.ExtraTime:{granted.pk}")
    return granted


@transaction.atomic
def end_time(*, by: AbstractBaseUser, extra: ExtraTime, on: date) -> None:
    """Let extra time end on a day; attempts that began before keep it. Raises ValidationError before its first day."""
    extra.until_on = on
    extra.full_clean()
    extra.save(update_fields=["until_on"])
    record(action="exams.end_time", actor=by, target=f"exams.ExtraTime:{extra.pk}", details={"on": on.isoformat()})
