"""Exam figures by unit are counted; who took figures away is written down."""

from datetime import date

from django.db import transaction

from accounts.models import User
from dashboards import queries
from dashboards.models import ExamTally
from foundation.audit.actions import record
from organisations.models import Organisation
from programmes.models import Programme

BATCH = 2000


@transaction.atomic
def note_export(*, by: User, unit: Organisation, programme: Programme) -> None:
    """Write down who took the figures and names of a unit away."""
    record(
        action="dashboards.note_export",
        actor=by,
        target=f"organisations.Organisation:{unit.pk}",
        details={"programme": programme.pk},
    )


@transaction.atomic
def count_exams(*, today: date | None = None, check: bool = False) -> int:
    """Compare the exam figures of all units with the attempts; returns how many differed. `check` changes nothing.

    `today` leaves out programmes that are over for long. Only what differs is written.
    """
    steps = queries.steps_to_count(today)
    truth, known = queries.derived(steps), queries.stored(steps)
    wrong = {key: truth[key] for key in {*truth, *known} if truth[key] != known[key]}
    if wrong and not check:
        rows = [
            ExamTally(step_id=step, organisation_id=unit, measure=measure, people=people)
            for (step, unit, measure), people in wrong.items()
        ]
        ExamTally.objects.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["step", "organisation", "measure"],
            update_fields=["people"],
        )
    return len(wrong)
