"""The attempt as its page's pulse and its invigilator need it."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models.functions import Now

from exams.models import Attempt, Paper, Presence, SittingRules
from exams.queries.sittings import LIVE, AttemptUnknown


def sitting_rules(paper: Paper) -> SittingRules:
    """The rules of sitting `paper`; the defaults if it has none. No statement if they were selected with it."""
    return getattr(paper, "sitting_rules", None) or SittingRules(paper=paper)


def presence_of(attempt: Attempt) -> Presence:
    """The last sign of life, or an empty one. No statement if it was selected with the attempt."""
    return getattr(attempt, "presence", None) or Presence(attempt=attempt)


def earliest_hand_in(attempt: Attempt) -> datetime | None:
    """Before this moment the learner may not hand in; never later than the deadline. None: at any time."""
    minutes = sitting_rules(attempt.paper).early_hand_in_minutes
    if not minutes or attempt.deadline is None:
        return None
    return min(attempt.started_at + timedelta(minutes=minutes), attempt.deadline)


def too_early(attempt: Attempt, now: datetime) -> datetime | None:
    """The moment to wait for, if the learner may not hand in yet."""
    earliest = earliest_hand_in(attempt)
    return earliest if earliest and now < earliest else None


def lock_for_pulse(*, user: AbstractBaseUser, public_id: str) -> Attempt:
    """The caller's own attempt, locked, with paper, rules and presence, and `now` from the database. One statement.

    Raises AttemptUnknown.
    """
    attempt = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .filter(public_id=public_id, enrolment__user_id=user.pk, **LIVE)
        .select_related("paper__sitting_rules", "presence")
        .annotate(now=Now())
        .first()
    )
    if attempt is None:
        raise AttemptUnknown(public_id)
    return attempt


def is_supervised(attempt: Attempt) -> bool:
    """True if it belongs to a session. Without one nobody could unlock it: there the rules warn instead of locking."""
    return attempt.session_id is not None
