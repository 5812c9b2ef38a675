"""Take over, hand in, sweep."""

import logging
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from exams import queries
from exams.actions.marking import close_attempt
from exams.models import Attempt, AttemptState, EventKind, LockCause, PaperMode, SittingEvent
from foundation.audit.actions import record

logger = logging.getLogger(__name__)


class AttemptClosed(ValueError):
    """The attempt is not open any more."""


class TooEarly(ValueError):
    """The rules let nobody hand in before `at`."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        super().__init__(str(at))


class OtherDevice(ValueError):
    """The exam is being sat on another device; going on here must be confirmed."""


@transaction.atomic
def take_over(
    *, by: AbstractBaseUser, attempt_id: str, device: str = "", confirmed: bool = True, at: datetime | None = None
) -> Attempt:
    """Give the pen to the page that asks: the epoch grows, and what an older page sends no longer counts.

    `device` is the mark of the browser that asks. If another one has the pen, the change must be `confirmed`; it is
    noted for the invigilator, and locks the attempt if the rules say so.
    Raises AttemptUnknown, OtherDevice, or AttemptClosed unless it is open.
    """
    attempt = queries.lock_live_attempt(user=by, public_id=attempt_id, with_rules=True)
    now = at or attempt.now  # type: ignore[attr-defined]
    if attempt.state != AttemptState.OPEN or queries.is_overdue(attempt, now):
        raise AttemptClosed(attempt_id)
    is_other = bool(attempt.device) and device != attempt.device and bool(device or not confirmed)
    if is_other and not confirmed:
        raise OtherDevice(attempt_id)
    attempt.epoch += 1
    attempt.device = device or attempt.device
    if is_other:
        _note_change(attempt, now)
    attempt.save(update_fields=["epoch", "device", "locked_at", "locked_for"])
    details = {"epoch": attempt.epoch, "device": "other" if is_other else "same"}
    record(action="exams.take_over", actor=by, target=f"exams.Attempt:{attempt.pk}", details=details)
    return attempt


def _note_change(attempt: Attempt, now: datetime) -> None:
    """Tell the invigilator; lock if the rules say so and nothing else has locked it."""
    SittingEvent.objects.create(attempt=attempt, kind=EventKind.TAKEN_OVER, epoch=attempt.epoch, at=now)
    must_lock = queries.sitting_rules(attempt.paper).lock_on_take_over and queries.is_supervised(attempt)
    if must_lock and not attempt.locked_at:
        attempt.locked_at, attempt.locked_for = now, LockCause.DEVICE
        SittingEvent.objects.create(attempt=attempt, kind=EventKind.LOCKED, epoch=attempt.epoch, at=now)


@transaction.atomic
def submit_attempt(*, by: AbstractBaseUser, attempt_id: str, at: datetime | None = None) -> Attempt:
    """Hand an exam in and mark it. A second call, or a hundred at once, return the first result.

    Raises AttemptUnknown, TooEarly, or AttemptClosed if it is void or not an exam.
    """
    attempt = queries.lock_live_attempt(user=by, public_id=attempt_id, with_rules=True)
    if attempt.state in (AttemptState.SUBMITTED, AttemptState.MARKING):
        return attempt
    if attempt.state != AttemptState.OPEN or attempt.paper.mode != PaperMode.EXAM:
        raise AttemptClosed(attempt_id)
    now = at or attempt.now  # type: ignore[attr-defined]
    earliest = queries.too_early(attempt, now)
    if earliest:
        raise TooEarly(earliest)
    return close_attempt(attempt=attempt, now=now, by=by, action="exams.submit_attempt")


def sweep_overdue(*, at: datetime | None = None, limit: int = 500) -> int:
    """Hand in every attempt whose deadline and grace have passed, with what the server has. Returns how many.

    Each attempt has its own transaction; one that fails is logged and does not stop the others. Several sweepers
    may run at once.
    """
    moment = at or timezone.now()
    overdue = Attempt.objects.filter(state=AttemptState.OPEN, deadline__lt=moment - queries.grace())
    return sum(_sweep_one(pk, at) for pk in overdue.order_by("deadline").values_list("pk", flat=True)[:limit])


def _sweep_one(pk: int, at: datetime | None) -> bool:
    try:
        with transaction.atomic():
            attempt = (
                Attempt.objects.select_for_update(
                    of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
                )
                .select_related("paper")
                .annotate(now=Now())
                .filter(pk=pk, state=AttemptState.OPEN)
                .first()
            )
            now = at or (attempt.now if attempt else None)
            if attempt is None or now is None or not queries.is_overdue(attempt, now):
                return False
            close_attempt(attempt=attempt, now=now, by=None, action="exams.sweep_attempt")
            return True
    except Exception:
        logger.exception("attempt %s could not be closed", pk)
        return False
