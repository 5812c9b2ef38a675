"""Mark again after a wrong key: worked out without effect first, then decided, then carried out by a job.

The job goes through the attempts in slices, each in one transaction with its place in the row of the re-marking, so
it may be killed anywhere and goes on from there. Old scores stay; a new one is the next run.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from exams import steps
from exams.actions.anchors import PAPERS_JOB
from exams.actions.marking import store_score
from exams.models import (
    AnchorCause,
    Attempt,
    ItemVersion,
    KeyCorrection,
    Regrade,
    RegradeLine,
    RegradeState,
    VersionState,
)
from exams.queries.regrades import Remark, remarks
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from notifications.actions import Draft, notify_all

PLAN_JOB, APPLY_JOB = "exams.plan_regrade", "exams.apply_regrade"
SLICE = 200
LATE = timedelta(minutes=2)  # whoever was being marked with the old key while it was corrected is found after this


class RegradeRefused(ValueError):
    """The re-marking is not in a state in which this can be done, or says nothing."""


@transaction.atomic
def plan_regrade(
    *,
    by: AbstractBaseUser | None,
    version: ItemVersion,
    effect: str,
    reason: str,
    answer: dict[str, Any] | None = None,
    keep_passes: bool = True,
    at: datetime | None = None,
) -> Regrade:
    """Have worked out what a corrected key would change; changes nothing yet. Raises ValidationError."""
    regrade = Regrade(
        version=version,
        effect=effect,
        answer=answer if effect == "key" else None,
        reason=reason.strip(),
        keep_passes=keep_passes,
        planned_by_id=by.pk if by else None,
        planned_at=at or timezone.now(),
    )
    regrade.full_clean(exclude=["planned_by", "approved_by", "correction"])
    regrade.save()
    enqueue(kind=PLAN_JOB, payload={"regrade": regrade.pk}, key=f"{PLAN_JOB}:{regrade.pk}:0")
    record(action="exams.plan_regrade", actor=by, target=f"exams.Regrade:{regrade.pk}", details={"effect": effect})
    return regrade


def plan_slice(*, regrade_id: int) -> bool:
    """Work out the next slice, in the job's transaction. Returns True once all is worked out."""
    regrade = Regrade.objects.select_for_update().get(pk=regrade_id)
    if regrade.state != RegradeState.PLANNING:
        return True
    found = remarks(regrade, after=regrade.seen_until, limit=SLICE)
    RegradeLine.objects.bulk_create([_line(regrade, row) for row in found], ignore_conflicts=True)
    done = len(found) < SLICE
    regrade.state = RegradeState.PLANNED if done else RegradeState.PLANNING
    regrade.seen_until = found[-1].attempt.pk if found else regrade.seen_until
    regrade.save(update_fields=["state", "seen_until"])
    if not done:
        enqueue(kind=PLAN_JOB, payload={"regrade": regrade.pk}, key=f"{PLAN_JOB}:{regrade.pk}:{regrade.seen_until}")
    return done


def _line(regrade: Regrade, row: Remark, applied_at: datetime | None = None) -> RegradeLine:
    return RegradeLine(
        regrade=regrade,
        attempt=row.attempt,
        points_before=row.before.points,
        max_before=row.before.max_points,
        passed_before=row.before.passed,
        points_after=row.after.points,
        max_after=row.after.max_points,
        passed_after=row.passed_after,
        changes=row.changes,
        applied_at=applied_at,
    )


@transaction.atomic
def drop_regrade(*, by: AbstractBaseUser, regrade: Regrade) -> None:
    """Decide against it; nothing was changed. Raises RegradeRefused once it is decided."""
    waiting = Regrade.objects.filter(pk=regrade.pk, state__in=[RegradeState.PLANNING, RegradeState.PLANNED])
    if not waiting.update(state=RegradeState.DROPPED):
        raise RegradeRefused(regrade.public_id)
    record(action="exams.drop_regrade", actor=by, target=f"exams.Regrade:{regrade.pk}")


@transaction.atomic
def commit_regrade(*, by: AbstractBaseUser, regrade: Regrade, at: datetime | None = None) -> None:
    """Decide it: from now on the correction counts for whoever hands in, and a job marks again who has.

    A wording whose question gives everyone full marks or no longer counts is retired, so that nobody draws it any
    more. Raises RegradeRefused unless all is worked out and no other re-marking of this wording runs.
    """
    now = at or timezone.now()
    planned = Regrade.objects.select_for_update().filter(pk=regrade.pk, state=RegradeState.PLANNED).first()
    running = Regrade.objects.filter(version_id=regrade.version_id, state=RegradeState.RUNNING)
    if planned is None or running.exists():
        raise RegradeRefused(regrade.public_id)
    correction = KeyCorrection.objects.create(
        version_id=planned.version_id,
        effect=planned.effect,
        answer=planned.answer,
        reason=planned.reason,
        made_by_id=by.pk,
        made_at=now,
    )
    Regrade.objects.filter(pk=planned.pk).update(
        state=RegradeState.RUNNING, correction=correction, approved_by_id=by.pk, approved_at=now, seen_until=0
    )
    if planned.effect != "key":
        ready = ItemVersion.objects.filter(pk=planned.version_id, state=VersionState.READY)
        ready.update(state=VersionState.RETIRED)
    enqueue(kind=APPLY_JOB, payload={"regrade": planned.pk}, key=f"{APPLY_JOB}:{planned.pk}:0")
    enqueue(kind=PAPERS_JOB, payload={"version": planned.version_id, "cause": AnchorCause.KEY.value})
    details = {"correction": correction.pk, "effect": planned.effect, "keep_passes": planned.keep_passes}
    record(action="exams.commit_regrade", actor=by, target=f"exams.Regrade:{planned.pk}", details=details)


def apply_slice(*, regrade_id: int, at: datetime | None = None) -> bool:
    """Mark the next slice again, in the job's transaction. Returns True once everybody is marked.

    What was carried out already is left alone, whatever is repeated. The last slice writes the audit entry.
    """
    regrade = Regrade.objects.select_for_update().get(pk=regrade_id)
    if regrade.state not in (RegradeState.RUNNING, RegradeState.DONE):
        return True
    now = at or timezone.now()
    found = remarks(regrade, after=regrade.seen_until, limit=SLICE, lock=True)
    _carry_out(regrade, found, now)
    done = len(found) < SLICE
    Regrade.objects.filter(pk=regrade.pk).update(seen_until=0 if done else found[-1].attempt.pk)
    if not done:
        key = f"{APPLY_JOB}:{regrade.pk}:{regrade.state}:{found[-1].attempt.pk}"
        enqueue(kind=APPLY_JOB, payload={"regrade": regrade.pk}, key=key)
    elif regrade.state == RegradeState.RUNNING:
        _finish(regrade, now)
    return done


def _finish(regrade: Regrade, now: datetime) -> None:
    """Done; a last look follows for attempts that were marked with the old key while it was being corrected."""
    Regrade.objects.filter(pk=regrade.pk).update(state=RegradeState.DONE, finished_at=now)
    key = f"{APPLY_JOB}:{regrade.pk}:late"
    enqueue(kind=APPLY_JOB, payload={"regrade": regrade.pk}, key=key, run_at=now + LATE)
    changed = RegradeLine.objects.filter(regrade=regrade, changes=True).count()
    record(
        action="exams.apply_regrade",
        actor=regrade.approved_by,
        target=f"exams.Regrade:{regrade.pk}",
        details={"changed": changed},
    )


def _carry_out(regrade: Regrade, found: Sequence[Remark], now: datetime) -> None:
    """New scores, the programme, the lines and the notices of one slice."""
    changed = [row for row in found if row.changes]
    for row in changed:
        more = {"run": row.before.run + 1, "passed": row.passed_after, "reason": regrade.reason}
        store_score(row.attempt, row.after, row.inputs, now, **more, approved_by_id=regrade.approved_by_id)
    for passed in (True, False):
        ids = [row.attempt.pk for row in changed if row.passed_after is passed and row.before.passed is not passed]
        Attempt.objects.filter(pk__in=ids).update(passed=passed)
    for row in changed:
        steps.recounted(enrolment_id=row.attempt.enrolment_id, step_id=row.attempt.step_id)
    RegradeLine.objects.filter(regrade=regrade, attempt__in=[row.attempt for row in found], applied_at=None).delete()
    RegradeLine.objects.bulk_create([_line(regrade, row, now) for row in found])
    with translation.override(settings.LANGUAGE_CODE):
        notify_all(drafts=[_notice(regrade, row) for row in changed], at=now)


def _notice(regrade: Regrade, row: Remark) -> Draft:
    words = {
        "reason": regrade.reason,
        "before": f"{row.before.points.normalize():f}/{row.before.max_points.normalize():f}",
        "after": f"{row.after.points.normalize():f}/{row.after.max_points.normalize():f}",
    }
    return Draft(
        user_id=row.attempt.enrolment.user_id,
        kind="exams.regraded",
        subject=_("Result corrected: %(title)s") % {"title": row.attempt.paper.title},
        body=_("Your exam was marked again. Reason: %(reason)s Before: %(before)s. Now: %(after)s.") % words,
        url=reverse("exams:result", args=[row.attempt.public_id]),
    )
