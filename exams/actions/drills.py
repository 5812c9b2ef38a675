"""Answer one question of a drill, marked at once."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from exams import queries, steps
from exams.actions.saving import BadAnswers, is_well_formed
from exams.actions.sitting import AttemptClosed
from exams.grading import FULL, mark, mastered
from exams.models import Attempt, AttemptState, DrillAnswer, PaperMode
from exams.sampling import next_in_drill
from foundation.audit.actions import record


class WrongQuestion(ValueError):
    """The form answers a question that is not the current one."""


@transaction.atomic
def answer_drill(
    *,
    by: AbstractBaseUser,
    attempt_id: str,
    number: int,
    value: Any,
    check: str | None = None,
    at: datetime | None = None,
) -> DrillAnswer:
    """Mark the answer to question `number`; the answer that reaches the mastery rule completes the step.

    The server says which question that is; `check` is the mark that the form carried. Answering the same number
    again returns what was stored. Raises AttemptUnknown, AttemptClosed, WrongQuestion or BadAnswers.
    """
    attempt = queries.lock_live_attempt(user=by, public_id=attempt_id)
    rows = list(attempt.drill_answers.order_by("number").values_list("version_id", "is_right"))
    if 1 <= number <= len(rows):
        return attempt.drill_answers.get(number=number)
    if attempt.state != AttemptState.OPEN or attempt.paper.mode != PaperMode.DRILL:
        raise AttemptClosed(attempt_id)
    if not is_well_formed(value) or not queries.is_answer(value):
        raise BadAnswers("value")
    version_id = next_in_drill(attempt.seed, queries.drill_pool(attempt.paper), [v for v, _right in rows])
    if number != len(rows) + 1 or check not in (None, queries.drill_check(attempt, number, version_id)):
        raise WrongQuestion(number)
    key = queries.marked_versions([version_id])[version_id]
    is_right = key.effect == "full" or mark(key.item_type, key.answer, value, partial="") == FULL
    now = at or attempt.now  # type: ignore[attr-defined]
    answer = DrillAnswer.objects.create(
        attempt=attempt, number=number, version_id=version_id, value=value, is_right=is_right, answered_at=now
    )
    _complete_if_mastered(attempt, [right for _v, right in rows] + [is_right], now, by)
    return answer


def _complete_if_mastered(attempt: Attempt, results: list[bool], now: datetime, by: AbstractBaseUser) -> None:
    paper = attempt.paper
    if not mastered(results, right=paper.mastery_right or 1, of=paper.mastery_of or 1):
        return
    Attempt.objects.filter(pk=attempt.pk, state=AttemptState.OPEN).update(
        state=AttemptState.SUBMITTED, submitted_at=now, passed=True
    )
    attempt.state, attempt.submitted_at, attempt.passed = AttemptState.SUBMITTED, now, True
    steps.finished(attempt)
    record(action="exams.answer_drill", actor=by, target=f"exams.Attempt:{attempt.pk}")
