"""Courses that a class did without the site: entered by its teacher, and taken back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from courses import steps
from courses.models import ClassReading, CoursePage
from foundation.audit.actions import record


@transaction.atomic
def enter_class_readings(
    *,
    by: User,
    course: CoursePage,
    enrolments: Sequence[steps.Enrolment],
    batch: str,
    done_at: datetime,
    at: datetime,
) -> list[int]:
    """Note down who did the course in class; returns the enrolments concerned, without those entered before."""
    known = ClassReading.objects.filter(course=course, enrolment__in=enrolments, revoked_at=None)
    before = set(known.values_list("enrolment_id", flat=True))
    fresh = [enrolment.pk for enrolment in enrolments if enrolment.pk not in before]
    ClassReading.objects.bulk_create(
        [
            ClassReading(enrolment_id=pk, course=course, batch=batch, done_at=done_at, entered_by=by, entered_at=at)
            for pk in fresh
        ]
    )
    steps.readings_entered(fresh)
    record(
        action="courses.enter_class_readings",
        actor=by,
        target=f"courses.CoursePage:{course.pk}",
        details={"batch": batch, "enrolments": fresh},
    )
    return fresh


@transaction.atomic
def revoke_class_readings(*, by: User, batch: str, at: datetime) -> int:
    """Take what was entered together back; returns how many. What a learner has proved otherwise stays complete."""
    facts = list(ClassReading.objects.select_for_update().filter(batch=batch, revoked_at=None))
    ClassReading.objects.filter(pk__in=[fact.pk for fact in facts]).update(revoked_at=at, revoked_by=by)
    steps.readings_revoked(facts)
    record(
        action="courses.revoke_class_readings",
        actor=by,
        target=f"courses.ClassReading:{batch}",
        details={"enrolments": [fact.enrolment_id for fact in facts]},
    )
    return len(facts)
