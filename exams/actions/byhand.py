"""Mark answers by hand: two markers who do not see each other's marks, a third where they differ too much."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from exams import steps
from exams.actions.marking import store_score
from exams.models import Attempt, AttemptState, HandTask, MarkDraft, MarkerMark
from exams.queries import answers_of
from exams.queries.byhand import TaskUnknown, waiting_for
from exams.queries.keys import inputs_of, marked_versions, verdict_of
from foundation.audit.actions import record
from notifications.actions import notify


@transaction.atomic
def claim_next(*, by: AbstractBaseUser, at: datetime | None = None) -> HandTask | None:
    """Give `by` the next answer to mark, or None if nothing waits for them. What they had begun comes first.

    The claim holds for half an hour from the last touch; then another marker may be given the answer as well.
    """
    now = at or timezone.now()
    task = waiting_for(by, now).first()
    if task is not None:
        MarkDraft.objects.update_or_create(task=task, marker_id=by.pk, defaults={"touched_at": now})
    return task


@transaction.atomic
def save_draft(*, by: AbstractBaseUser, task_id: str, points: str, comment: str, at: datetime | None = None) -> None:
    """Keep what a marker has typed so far. Raises TaskUnknown if the answer does not wait for them."""
    task = _task_of(by, task_id)
    values = {"points": points.strip()[:12], "comment": comment[:2000], "touched_at": at or timezone.now()}
    MarkDraft.objects.update_or_create(task=task, marker_id=by.pk, defaults=values)


def _task_of(by: AbstractBaseUser, task_id: str) -> HandTask:
    task = waiting_for(by, None).filter(public_id=task_id).first()
    if task is None:
        raise TaskUnknown(task_id)
    return task


class BadPoints(ValueError):
    """Not a number from nothing to the question's points."""


def _points(text: str, task: HandTask) -> Decimal:
    """Raises BadPoints."""
    try:
        points = Decimal(text.strip().replace("，", ".").replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise BadPoints(text) from None
    if not points.is_finite() or not 0 <= points <= task.points:
        raise BadPoints(text)
    return points


@transaction.atomic
def give_mark(
    *, by: AbstractBaseUser, task_id: str, points: str, comment: str = "", at: datetime | None = None
) -> MarkerMark:
    """Mark one answer. The last mark of an attempt makes its score, once, and tells the learner.

    Raises TaskUnknown if the answer does not wait for `by` (any more), BadPoints if the points are none.
    """
    found = _task_of(by, task_id)
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("paper").get(pk=found.attempt_id)
    task = _task_of(by, task_id)  # again, now that nobody else can settle it
    now = at or timezone.now()
    try:
        with transaction.atomic():
            mark = MarkerMark.objects.create(
                task=task, marker_id=by.pk, points=_points(points, task), comment=comment.strip()[:2000], marked_at=now
            )
    except IntegrityError:
        raise TaskUnknown(task_id) from None
    MarkDraft.objects.filter(task=task, marker_id=by.pk).delete()
    scored = _settle(task, attempt, now) and _score_if_complete(attempt, now)
    details = {"attempt": attempt.pk, "position": task.position, "points": str(mark.points), "scored": scored}
    record(action="exams.give_mark", actor=by, target=f"exams.HandTask:{task.pk}", details=details)
    return mark


def _settle(task: HandTask, attempt: Attempt, now: datetime) -> bool:
    """Fix the result if there are marks enough: the mean of two that agree, else what the third gave."""
    given = list(MarkerMark.objects.filter(task=task).order_by("pk").values_list("points", flat=True))
    if len(given) < task.wanted:
        return False
    tolerated = task.points * attempt.paper.marking_tolerance / 100
    if task.wanted == 2 and abs(given[0] - given[1]) > tolerated:
        HandTask.objects.filter(pk=task.pk).update(wanted=3)
        return False
    points = given[2] if task.wanted == 3 else (given[0] + given[1]) / 2
    part = (points / task.points).quantize(Decimal("0.0001")) if task.points else Decimal(0)
    return bool(HandTask.objects.filter(pk=task.pk, settled_at=None).update(result=part, settled_at=now))


def _score_if_complete(attempt: Attempt, now: datetime) -> bool:
    """Make the score once nothing waits any more; compare-and-set, so that it is made once."""
    tasks = HandTask.objects.filter(attempt=attempt)
    if tasks.filter(settled_at=None).exists():
        return False
    results = {position: part for position, part in tasks.values_list("position", "result") if part is not None}
    keys = marked_versions(row[0] for row in attempt.drawn)
    values = answers_of(attempt)
    result = verdict_of(attempt, keys, values, results)
    marked = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.MARKING).update(
        state=AttemptState.SUBMITTED, passed=result.passed
    )
    if not marked:
        return False
    store_score(attempt, result, inputs_of(attempt, keys, values, results), now)
    steps.recounted(enrolment_id=attempt.enrolment_id, step_id=attempt.step_id)
    _tell_learner(attempt)
    return True


def _tell_learner(attempt: Attempt) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        title = attempt.paper.title
        notify(
            user=attempt.enrolment.user,
            kind="exams.marked",
            subject=_("Marked: %(title)s") % {"title": title},
            body=_("All answers of “%(title)s” have been marked. The result is on its page.") % {"title": title},
            url=reverse("exams:result", args=[attempt.public_id]),
        )
