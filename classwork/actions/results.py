"""Enter what a class did without the site, and take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classwork.models import ClassworkBatch, SeatPart
from classwork.queries import Module, Row, rows_of
from courses.actions import enter_class_readings, revoke_class_readings
from exams.actions import enter_class_drills, revoke_class_drills
from foundation.audit.actions import record
from organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Result:
    """What one seat did: took part, and for a drill how many of how many were right."""

    right: int | None = None
    asked: int | None = None


class NothingEntered(ValueError):
    """Nobody whose results could be taken."""


class TakenBack(ValueError):
    """These results were taken back before."""


@transaction.atomic
def enter_results(
    *,
    by: User,
    school_class: Organisation,
    module: Module,
    results: Mapping[str, Result],
    done_on: date,
    at: datetime | None = None,
) -> ClassworkBatch:
    """Enter {key of the row: result} for one step of a class; the app that owns the step stores the facts.

    Who has the step already, or lacks an earlier one, is left out. Raises NothingEntered, or ValidationError for a day
    to come and for more right answers than questions.
    """
    now = at or timezone.now()
    if done_on > timezone.localdate(now):
        raise ValidationError(_("Results are not entered for a day to come."))
    if any(not 0 <= (r.right or 0) <= (r.asked or 0) for r in results.values() if r.asked is not None):
        raise ValidationError(_("There cannot be more right answers than questions."))
    taken = {row: results[row.key] for row in rows_of(school_class, module) if _counts(row, results, module)}
    if not taken:
        raise NothingEntered(school_class.pk)
    batch = ClassworkBatch.objects.create(
        organisation=school_class,
        step=module.step,
        done_on=done_on,
        entered_by=by,
        entered_at=now,
        pupils=sum(row.enrolment is not None for row in taken),
    )
    _store(by, module, batch, taken, _moment(done_on, now), now)
    record(
        action="classwork.enter_results",
        actor=by,
        target=f"classwork.ClassworkBatch:{batch.public_id}",
        details={"class": school_class.pk, "step": module.step.pk, "pupils": batch.pupils},
    )
    return batch


def _counts(row: Row, results: Mapping[str, Result], module: Module) -> bool:
    """An open row with a result; of a drill with its figures."""
    result = results.get(row.key)
    return result is not None and row.state == "open" and (not module.is_drill or bool(result.asked))


def _moment(day: date, now: datetime) -> datetime:
    """The day as a moment: its noon, for today not later than now."""
    return min(timezone.make_aware(datetime.combine(day, time(12))), now)


def _store(
    by: User, module: Module, batch: ClassworkBatch, taken: Mapping[Row, Result], done_at: datetime, now: datetime
) -> None:
    SeatPart.objects.bulk_create(
        [
            SeatPart(batch=batch, seat=row.seat, right=result.right, asked=result.asked)
            for row, result in taken.items()
            if row.enrolment is None and row.seat is not None
        ]
    )
    facts = {"by": by, "batch": batch.public_id, "done_at": done_at, "at": now}
    enrolments = [row.enrolment for row in taken if row.enrolment is not None]
    if module.course and enrolments:
        enter_class_readings(course=module.course, enrolments=enrolments, **facts)  # type: ignore[arg-type]
    elif module.paper and enrolments:
        results = {r.enrolment.pk: (res.right or 0, res.asked or 0) for r, res in taken.items() if r.enrolment}
        enter_class_drills(step=module.step, paper=module.paper, results=results, **facts)  # type: ignore[arg-type]


@transaction.atomic
def undo_results(*, by: User, batch: ClassworkBatch, at: datetime | None = None) -> None:
    """Take results back: steps that nothing else proves open again. Raises TakenBack."""
    now = at or timezone.now()
    changed = ClassworkBatch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=now, undone_by=by)
    if not changed:
        raise TakenBack(batch.public_id)
    revoke_class_readings(by=by, batch=batch.public_id, at=now)
    revoke_class_drills(by=by, batch=batch.public_id, at=now)
    record(action="classwork.undo_results", actor=by, target=f"classwork.ClassworkBatch:{batch.public_id}")
