"""Look through the people of an assignment, a slice at a time: enrol, move, renew, and let go who left.

A slice is one short transaction together with the mark of its job. Doing a slice twice changes nothing: it begins only
where the last committed one ended, and takes only who is not yet as they should be.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from organisations.models import Membership
from programmes import queries
from programmes.actions.assigning import ASSIGN_JOB, begin_pass, renew_assignment
from programmes.actions.tallying import count_people, insert_differences
from programmes.models import (
    Allowance,
    AllowanceKind,
    Assignment,
    AssignmentRun,
    EndReason,
    Enrolment,
    EnrolmentState,
    Measure,
    RunPhase,
    RunState,
)

SLICE = 2000
RESTING = (EndReason.LEFT, EndReason.STOPPED, EndReason.EXEMPT)


@transaction.atomic
def pass_slice(*, run_id: int, phase: str, cursor: int, at: datetime | None = None) -> None:
    """Do the next slice and queue the one after it. Nothing happens if the pass was stopped or is further already."""
    here = AssignmentRun.objects.select_for_update(of=("self",)).select_related(
        "assignment__programme", "assignment__organisation"
    )
    run = here.filter(pk=run_id, state=RunState.RUNNING, phase=phase, cursor=cursor).first()
    if run is None:
        return
    now = at or timezone.now()
    target = queries.target_of(run.assignment)
    more = _join(run, target, now) if phase == RunPhase.JOIN else _leave(run, target, now)
    if not more and phase == RunPhase.LEAVE:
        _end(run, now)
        return
    if not more:
        run.phase, run.cursor = RunPhase.LEAVE, 0
    run.save(update_fields=["phase", "cursor", "joined", "moved", "left"])
    enqueue(kind=ASSIGN_JOB, payload={"run": run.pk, "phase": run.phase, "cursor": run.cursor})


def _end(run: AssignmentRun, now: datetime) -> None:
    """Close a pass. One that looked again and changed nothing leaves no trace."""
    changed = {"joined": run.joined, "moved": run.moved, "left": run.left}
    others = AssignmentRun.objects.filter(assignment=run.assignment).exclude(pk=run.pk)
    if not any(changed.values()) and others.exists():
        run.delete()
        return
    run.state, run.finished_at = RunState.DONE, now
    run.save(update_fields=["state", "finished_at", "left"])
    record(
        action="programmes.pass_slice",
        actor=None,
        target=f"programmes.Assignment:{run.assignment_id}",
        details={"round": run.round, **changed},
    )


def _join(run: AssignmentRun, target: queries.Target, now: datetime) -> bool:
    """Enrol, move or renew the next people; returns whether there may be more."""
    assignment = run.assignment
    people = queries.to_join(assignment, target, run.cursor, SLICE)
    if not people:
        return False
    ids = [member.user_id for member in people]
    mine = Enrolment.objects.filter(assignment=assignment, user_id__in=ids, state=EnrolmentState.ACTIVE)
    present = {enrolment.user_id: enrolment for enrolment in mine}
    old = [e for e in present.values() if e.round < assignment.round]
    movers = [member for member in people if (e := present.get(member.user_id)) and e.round >= assignment.round]
    _end_round(old, now)
    _move(movers, present)
    settled = {member.user_id for member in movers}
    coming = [member for member in people if member.user_id not in settled]
    back = _bring_back(assignment, coming)
    new = [member for member in coming if member.user_id not in back]
    _enrol(assignment, new, now)
    run.joined, run.moved, run.cursor = run.joined + len(coming), run.moved + len(movers), ids[-1]
    return True


def _end_round(old: Sequence[Enrolment], now: datetime) -> None:
    """What was done in the last round stays with it."""
    ids = [enrolment.pk for enrolment in old]
    if ids:
        count_people(enrolment_ids=ids, sign=-1)
        Enrolment.objects.filter(pk__in=ids).update(
            state=EnrolmentState.PAST, ended_at=now, end_reason=EndReason.RENEWED
        )


def _move(movers: Sequence[Membership], present: dict[int, Enrolment]) -> None:
    """Let the figures of the new home count whoever moved."""
    enrolments = [present[member.user_id] for member in movers]
    if enrolments:
        ids = [enrolment.pk for enrolment in enrolments]
        count_people(enrolment_ids=ids, sign=-1)
        for member in movers:
            present[member.user_id].organisation_id = member.organisation_id
        Enrolment.objects.bulk_update(enrolments, ["organisation"])
        count_people(enrolment_ids=ids, sign=1)


def _bring_back(assignment: Assignment, coming: Sequence[Membership]) -> set[int]:
    """Who had left, or was let go, in this round goes on where they stopped: {user id}."""
    homes = {member.user_id: member.organisation_id for member in coming}
    rested = Enrolment.objects.filter(
        programme_id=assignment.programme_id,
        user_id__in=homes,
        state=EnrolmentState.WITHDRAWN,
        end_reason__in=RESTING,
        round=assignment.round,
    )
    newest = {enrolment.user_id: enrolment for enrolment in rested.order_by("ended_at", "pk")}
    for enrolment in newest.values():
        enrolment.state, enrolment.ended_at, enrolment.end_reason = EnrolmentState.ACTIVE, None, ""
        enrolment.assignment, enrolment.organisation_id = assignment, homes[enrolment.user_id]
    if newest:
        fields = ["state", "ended_at", "end_reason", "assignment", "organisation"]
        Enrolment.objects.bulk_update(newest.values(), fields)
        count_people(enrolment_ids=[enrolment.pk for enrolment in newest.values()], sign=1)
    return set(newest)


def _enrol(assignment: Assignment, new: Sequence[Membership], now: datetime) -> None:
    """New enrolments, each with its own last day."""
    if not new:
        return
    extended = Allowance.objects.filter(
        programme_id=assignment.programme_id,
        user_id__in=[member.user_id for member in new],
        kind=AllowanceKind.EXTENDED,
        ended_at=None,
    )
    later: dict[int, date | None] = dict(extended.values_list("user_id", "due_on"))
    today = timezone.localdate(now)
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                programme_id=assignment.programme_id,
                user_id=member.user_id,
                organisation_id=member.organisation_id,
                assignment=assignment,
                round=assignment.round,
                enrolled_at=now,
                due_on=later.get(member.user_id) or queries.due_date(assignment, member.from_on, today),
            )
            for member in new
        ]
    )
    by_unit = Counter(member.organisation_id for member in new)
    insert_differences(
        differences=Counter(
            {(assignment.programme_id, unit, Measure.ENROLLED.value, None): n for unit, n in by_unit.items()}
        )
    )


def _leave(run: AssignmentRun, target: queries.Target, now: datetime) -> bool:
    """Let the next people go who do not belong to the units any more; returns whether there may be more.

    Whom another assignment of the same programme reaches now goes on under that one.
    """
    leavers = queries.to_leave(run.assignment, target, run.cursor, SLICE)
    if not leavers:
        return False
    waiting = {enrolment.user_id: enrolment for enrolment in leavers}
    for other in queries.others_of(run.assignment):
        reached = queries.members(queries.target_of(other)).filter(user_id__in=waiting)
        taken = [member for member in queries.not_exempt(reached, other.programme_id) if member.user_id in waiting]
        for member in taken:
            waiting[member.user_id].assignment = other
            waiting[member.user_id].round = other.round
        _move(taken, waiting)
        gone = [waiting.pop(member.user_id) for member in taken]
        Enrolment.objects.bulk_update(gone, ["assignment", "round"])
    ids = [enrolment.pk for enrolment in waiting.values()]
    count_people(enrolment_ids=ids, sign=-1)
    Enrolment.objects.filter(pk__in=ids).update(state=EnrolmentState.WITHDRAWN, ended_at=now, end_reason=EndReason.LEFT)
    run.left, run.cursor = run.left + len(ids), leavers[-1].pk
    return True


@transaction.atomic
def look_again(*, now: datetime | None = None) -> int:
    """Begin a pass of every running assignment, and the next round of those whose day has come; returns how many.

    Newcomers and leavers are found this way within the hour.
    """
    today = timezone.localdate(now)
    begun = 0
    for assignment in queries.running_today(today):
        renew_assignment(assignment=assignment, today=today)
        begun += begin_pass(assignment=assignment, at=now) is not None
    return begun
