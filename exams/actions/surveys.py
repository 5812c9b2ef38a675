"""Hand a self-assessment (测评) in: answered, never scored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from exams import queries, steps
from exams.actions.saving import Answer, checked_batch
from exams.actions.sitting import AttemptClosed
from exams.models import Attempt, AttemptState, PaperMode, Response
from foundation.audit.actions import record


class Unanswered(ValueError):
    """Some questions have no answer; `positions` says which."""

    def __init__(self, positions: list[int]) -> None:
        self.positions = positions
        super().__init__(str(positions))


@transaction.atomic
def submit_survey(
    *, by: AbstractBaseUser, attempt_id: str, values: Mapping[int, Any], at: datetime | None = None
) -> Attempt:
    """Store the answers and complete the step. A second call returns the first. No score is made or stored.

    Raises AttemptUnknown, AttemptClosed, Unanswered or BadAnswers.
    """
    attempt = queries.lock_live_attempt(user=by, public_id=attempt_id)
    if attempt.state == AttemptState.SUBMITTED:
        return attempt
    if attempt.state != AttemptState.OPEN or attempt.paper.mode != PaperMode.SURVEY:
        raise AttemptClosed(attempt_id)
    count = len(attempt.drawn)
    missing = [n for n in range(1, count + 1) if not queries.is_answer(values.get(n))]
    if missing:
        raise Unanswered(missing)
    now = at or attempt.now  # type: ignore[attr-defined]
    rows = checked_batch([Answer(n, n, values[n]) for n in range(1, count + 1)], count)
    Attempt.objects.filter(pk=attempt.pk, state=AttemptState.OPEN).update(
        state=AttemptState.SUBMITTED, submitted_at=now, passed=True
    )
    attempt.state, attempt.submitted_at, attempt.passed = AttemptState.SUBMITTED, now, True
    Response.objects.bulk_create(
        Response(attempt=attempt, epoch=attempt.epoch, seq=seq, position=position, value=text, received_at=now)
        for seq, (position, text) in rows.items()
    )
    steps.finished(attempt)
    record(action="exams.submit_survey", actor=by, target=f"exams.Attempt:{attempt.pk}")
    return attempt
