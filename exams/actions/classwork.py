"""Drills that a class did without the site: entered by its teacher, and taken back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from exams import steps
from exams.models import ClassDrill, Paper
from foundation.audit.actions import record


def is_mastered(*, paper: Paper, right: int, asked: int) -> bool:
    """The mastery rule for a sheet of paper: as many questions as the rule looks at, and as large a share right."""
    rule, of = paper.mastery_right or 1, paper.mastery_of or 1
    return asked >= of and right * of >= rule * asked


@transaction.atomic
def enter_class_drills(
    *,
    by: User,
    step: steps.Step,
    paper: Paper,
    results: Mapping[int, tuple[int, int]],
    batch: str,
    done_at: datetime,
    at: datetime,
) -> list[int]:
    """Note down {enrolment: (right, asked)}; returns the enrolments that have mastered the drill by it."""
    facts = [
        ClassDrill(
            enrolment_id=pk,
            step=step,
            paper=paper,
            right=right,
            asked=asked,
            mastered=is_mastered(paper=paper, right=right, asked=asked),
            batch=batch,
            done_at=done_at,
            entered_by=by,
            entered_at=at,
        )
        for pk, (right, asked) in results.items()
    ]
    ClassDrill.objects.bulk_create(facts)
    passed = [fact.enrolment_id for fact in facts if fact.mastered]
    steps.drills_entered(passed)
    record(
        action="exams.enter_class_drills",
        actor=by,
        target=f"programmes.Step:{step.pk}",
        details={"batch": batch, "results": {str(pk): list(pair) for pk, pair in results.items()}},
    )
    return passed


@transaction.atomic
def revoke_class_drills(*, by: User, batch: str, at: datetime) -> int:
    """Take what was entered together back; returns how many. What a learner has proved otherwise stays complete."""
    facts = list(ClassDrill.objects.select_for_update().filter(batch=batch, revoked_at=None))
    ClassDrill.objects.filter(pk__in=[fact.pk for fact in facts]).update(revoked_at=at, revoked_by=by)
    steps.drills_revoked(facts)
    record(
        action="exams.revoke_class_drills",
        actor=by,
        target=f"exams.ClassDrill:{batch}",
        details={"enrolments": [fact.enrolment_id for fact in facts]},
    )
    return len(facts)
