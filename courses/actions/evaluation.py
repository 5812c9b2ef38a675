"""Learners evaluate a course once they have finished it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from courses.models import CourseCompletion, CoursePage, Evaluation, EvaluationReceipt
from courses.models.evaluation import RATINGS
from courses.steps import Enrolment
from foundation.audit.actions import record


class CourseNotComplete(ValueError):
    """Only those who have finished a course evaluate it."""


class AlreadyEvaluated(ValueError):
    """One evaluation for each enrolment."""


@transaction.atomic
def evaluate_course(
    *,
    enrolment: Enrolment,
    course: CoursePage,
    ratings: Mapping[str, int],
    comment: str = "",
    at: datetime | None = None,
) -> None:
    """Store an anonymous evaluation and, apart from it, that this learner has given one.

    `ratings` holds 1 to 5 for each key of RATINGS. Raises CourseNotComplete or AlreadyEvaluated, and KeyError if a
    row is missing.
    """
    if not CourseCompletion.objects.filter(enrolment=enrolment, course=course).exists():
        raise CourseNotComplete(course.slug)
    _receipt, created = EvaluationReceipt.objects.get_or_create(
        enrolment=enrolment, course=course, defaults={"given_at": at or timezone.now()}
    )
    if not created:
        raise AlreadyEvaluated(course.slug)
    Evaluation.objects.create(course=course, comment=comment.strip(), **{row: ratings[row] for row in RATINGS})
    record(
        action="courses.evaluate_course",
        actor=enrolment.user,
        target=f"courses.CoursePage:{course.pk}",
        details={"enrolment": enrolment.pk},
    )
