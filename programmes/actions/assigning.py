"""Give, stop, resume and renew assignments."""

from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from organisations.models import Organisation
from programmes import queries
from programmes.models import (
    Assignment,
    AssignmentFilter,
    AssignmentRun,
    AssignmentState,
    FilterField,
    Programme,
    ProgrammeState,
    RunState,
)

ASSIGN_JOB = "programmes.assign"


class OutOfScope(ValueError):
    """A unit lies outside the one in whose name the assignment is given."""


@transaction.atomic
def assign(
    *,
    by: AbstractBaseUser | None,
    programme: Programme,
    target: queries.Target,
    due_on: date | None = None,
    due_days: int | None = None,
    renews_on: date | None = None,
    at: datetime | None = None,
) -> Assignment:
    """Store an assignment and begin to enrol whom it reaches, in the background.

    Raises OutOfScope, or ValidationError if days contradict one another or the programme has ended.
    """
    now = at or timezone.now()
    _check(programme, target, due_on, renews_on, timezone.localdate(now))
    assignment = Assignment(
        programme=programme,
        organisation=target.organisation,
        position=target.position,
        joined_after=target.joined_after,
        completed_id=target.completed_id,
        not_completed_id=target.not_completed_id,
        due_on=due_on,
        due_days=due_days,
        renews_on=renews_on,
        given_by=User.objects.filter(pk=by.pk).first() if by else None,
        given_at=now,
    )
    assignment.full_clean()
    assignment.save()
    _name_target(assignment, target)
    record(
        action="programmes.assign",
        actor=by,
        target=f"programmes.Assignment:{assignment.pk}",
        details={"programme": programme.pk, "organisation": target.organisation.pk},
    )
    begin_pass(assignment=assignment, at=now)
    return assignment


def _name_target(assignment: Assignment, target: queries.Target) -> None:
    """Units, single people and alternatives, each a row."""
    assignment.units.set(target.units)
    assignment.people.set(target.people)
    chosen = (
        (FilterField.KIND, target.kinds),
        (FilterField.ROLE, target.roles),
        (FilterField.GRADE, target.grades),
        (FilterField.PROFESSION, target.professions),
    )
    AssignmentFilter.objects.bulk_create(
        [
            AssignmentFilter(assignment=assignment, field=name, value=value)
            for name, values in chosen
            for value in dict.fromkeys(values)
        ]
    )


def _check(
    programme: Programme, target: queries.Target, due_on: date | None, renews_on: date | None, today: date
) -> None:
    """Raises OutOfScope, or ValidationError with what to do."""
    if any(not (unit.path or "").startswith(target.organisation.path or "-") for unit in target.units):
        raise OutOfScope(target.organisation.code)
    if programme.state == ProgrammeState.CLOSED or programme.closes_on < today:
        raise ValidationError({"programme": _("This programme is over: choose one that is open.")})
    last = {"last": programme.closes_on}
    if due_on and not today <= due_on <= programme.closes_on:
        raise ValidationError({"due_on": _("Choose a day from today to %(last)s: then the programme ends.") % last})
    if renews_on and not today < renews_on <= programme.closes_on:
        words = _(
            "The next round must begin after today and by %(last)s: then the programme ends. The credit office can "
            "extend it."
        )
        raise ValidationError({"renews_on": words % last})


def begin_pass(*, assignment: Assignment, at: datetime | None = None) -> AssignmentRun | None:
    """Begin to look through the people of an assignment, in the caller's transaction; None if somebody does already.

    No audit entry of its own: giving the assignment has one, and so has a pass that changed something.
    """
    Assignment.objects.select_for_update(no_key=True).filter(pk=assignment.pk).values_list("pk").first()
    if AssignmentRun.objects.filter(assignment=assignment).exclude(state=RunState.DONE).exists():
        return None
    found = queries.not_exempt(queries.members(queries.target_of(assignment)), assignment.programme_id)
    run = AssignmentRun.objects.create(
        assignment=assignment, round=assignment.round, expected=found.count(), started_at=at or timezone.now()
    )
    enqueue(kind=ASSIGN_JOB, payload={"run": run.pk, "phase": run.phase, "cursor": 0})
    return run


@transaction.atomic
def stop_assignment(*, by: AbstractBaseUser | None, assignment: Assignment, at: datetime | None = None) -> None:
    """Take in nobody any more, and stop a pass after the slice that it is at. Who is enrolled stays.

    Raises WrongAssignmentState unless it was running.
    """
    running = Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.RUNNING)
    if not running.update(state=AssignmentState.STOPPED, stopped_at=at or timezone.now()):
        raise WrongAssignmentState(assignment.public_id)
    AssignmentRun.objects.filter(assignment=assignment, state=RunState.RUNNING).update(state=RunState.STOPPED)
    record(action="programmes.stop_assignment", actor=by, target=f"programmes.Assignment:{assignment.pk}")


class WrongAssignmentState(ValueError):
    """The assignment was not in the state that this change starts from."""


@transaction.atomic
def resume_assignment(*, by: AbstractBaseUser | None, assignment: Assignment, at: datetime | None = None) -> None:
    """Take people in again; a pass that was stopped goes on where it was. Raises WrongAssignmentState."""
    stopped = Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.STOPPED)
    if not stopped.update(state=AssignmentState.RUNNING, stopped_at=None):
        raise WrongAssignmentState(assignment.public_id)
    run = AssignmentRun.objects.filter(assignment=assignment, state=RunState.STOPPED).first()
    if run is None:
        begin_pass(assignment=assignment, at=at)
    else:
        AssignmentRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
        enqueue(kind=ASSIGN_JOB, payload={"run": run.pk, "phase": run.phase, "cursor": run.cursor})
    record(action="programmes.resume_assignment", actor=by, target=f"programmes.Assignment:{assignment.pk}")


@transaction.atomic
def renew_assignment(*, assignment: Assignment, today: date) -> bool:
    """Begin the next round if its day has come: everybody is enrolled anew, what they did stays with the old round."""
    due = Assignment.objects.filter(pk=assignment.pk, round=assignment.round, renews_on__lte=today)
    found = due.select_for_update(no_key=True).first()
    if found is None or found.renews_on is None:
        return False
    due.update(
        round=found.round + 1,
        renews_on=_after(found.renews_on, today),
        due_on=_after(found.due_on, found.renews_on) if found.due_on else None,
    )
    AssignmentRun.objects.filter(assignment=found).exclude(state=RunState.DONE).delete()
    assignment.refresh_from_db()
    record(
        action="programmes.renew_assignment",
        actor=None,
        target=f"programmes.Assignment:{found.pk}",
        details={"round": found.round + 1},
    )
    return True


def _after(day: date, today: date) -> date:
    """The same day of the first year in which it is still to come. A programme that was extended late may have missed
    a year or more."""
    day = queries.a_year_later(day)
    while day <= today:
        day = queries.a_year_later(day)
    return day


@transaction.atomic
def enrol_unit(
    *, by: AbstractBaseUser | None, programme: Programme, organisation: Organisation, due_on: date | None = None
) -> Assignment:
    """Assign a programme to everybody whose home is `organisation` or below it. Raises what `assign` raises."""
    target = queries.Target(organisation=organisation, units=[organisation])
    return assign(by=by, programme=programme, target=target, due_on=due_on)
