"""Set programmes up, enrol people, and index what the step apps' facts prove."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from organisations.models import Organisation
from programmes import queries
from programmes.contracts import CONFIGURATORS, Evidence
from programmes.models import Enrolment, EnrolmentState, Programme, ProgrammeState, Step, StepCompletion


@transaction.atomic
def create_programme(*, by: AbstractBaseUser | None, **fields: Any) -> Programme:
    """Create a draft programme. Raises ValidationError if a field is wrong."""
    programme = Programme(**fields)
    programme.full_clean()
    programme.save()
    record(action="programmes.create_programme", actor=by, target=f"programmes.Programme:{programme.pk}")
    return programme


class ProgrammeNotDraft(ValueError):
    """Steps are fixed once learners may work in the programme."""


@transaction.atomic
def add_step(
    *, by: AbstractBaseUser | None, programme: Programme, stage: int, kind: str, title: str, title_en: str = ""
) -> Step:
    """Append a step to a stage of a draft programme. Raises ProgrammeNotDraft, or ValidationError."""
    _hold_draft(programme)
    last = Step.objects.filter(programme=programme, stage=stage).aggregate(last=Max("position"))["last"] or 0
    step = Step(programme=programme, stage=stage, position=last + 1, kind=kind, title=title, title_en=title_en)
    step.full_clean()
    step.save()
    record(action="programmes.add_step", actor=by, target=f"programmes.Step:{step.pk}")
    return step


def _hold_draft(programme: Programme) -> None:
    """Nobody opens the programme or changes its steps until the caller's transaction ends.

    Raises ProgrammeNotDraft.
    """
    drafts = Programme.objects.select_for_update().filter(pk=programme.pk, state=ProgrammeState.DRAFT)
    if drafts.first() is None:
        raise ProgrammeNotDraft(programme.slug)


@transaction.atomic
def remove_step(*, by: AbstractBaseUser | None, step: Step) -> None:
    """Take a step out of a draft programme, with what was chosen for it. Raises ProgrammeNotDraft."""
    _hold_draft(step.programme)
    step_id = step.pk
    CONFIGURATORS[step.kind].forget(step_id)
    step.delete()
    record(
        action="programmes.remove_step",
        actor=by,
        target=f"programmes.Step:{step_id}",
        details={"programme": step.programme_id, "stage": step.stage, "title": step.title},
    )


@transaction.atomic
def move_step(*, by: AbstractBaseUser | None, step: Step, earlier: bool) -> None:
    """Let a step of a draft change places with its neighbour in the same stage; at the end nothing happens.

    Raises ProgrammeNotDraft.
    """
    _hold_draft(step.programme)
    step.refresh_from_db(fields=["position"])
    others = Step.objects.filter(programme_id=step.programme_id, stage=step.stage)
    neighbour = (
        others.filter(position__lt=step.position).order_by("-position").first()
        if earlier
        else others.filter(position__gt=step.position).order_by("position").first()
    )
    if neighbour is None:
        return
    # Two steps never stand in one place, not even for a moment: places begin at 1, so 0 is free.
    Step.objects.filter(pk=step.pk).update(position=0)
    Step.objects.filter(pk=neighbour.pk).update(position=step.position)
    Step.objects.filter(pk=step.pk).update(position=neighbour.position)
    record(
        action="programmes.move_step",
        actor=by,
        target=f"programmes.Step:{step.pk}",
        details={"from": step.position, "to": neighbour.position},
    )


class WrongState(ValueError):
    """The programme was not in the state that this change starts from."""


class StepsNotSet(ValueError):
    """Steps do not say yet what they ask for. `steps` are these."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = list(steps)
        super().__init__(", ".join(step.title for step in steps))


@transaction.atomic
def open_programme(*, by: AbstractBaseUser | None, programme: Programme) -> None:
    """Let learners in. Raises WrongState unless it is a draft with at least one step, or StepsNotSet."""
    try:
        _hold_draft(programme)
    except ProgrammeNotDraft:
        raise WrongState(programme.slug) from None
    settings = queries.settings_of(programme)
    if not settings:
        raise WrongState(programme.slug)
    unset = [setting.step for setting in settings if not setting.asks_for]
    if unset:
        raise StepsNotSet(unset)
    Programme.objects.filter(pk=programme.pk).update(state=ProgrammeState.OPEN)
    record(action="programmes.open_programme", actor=by, target=f"programmes.Programme:{programme.pk}")


@transaction.atomic
def close_programme(*, by: AbstractBaseUser | None, programme: Programme) -> None:
    """End it for learners. Raises WrongState unless it is open."""
    changed = Programme.objects.filter(pk=programme.pk, state=ProgrammeState.OPEN).update(state=ProgrammeState.CLOSED)
    if not changed:
        raise WrongState(programme.slug)
    record(action="programmes.close_programme", actor=by, target=f"programmes.Programme:{programme.pk}")


@transaction.atomic
def enrol(
    *,
    by: AbstractBaseUser | None,
    programme: Programme,
    user: User,
    organisation: Organisation,
    due_on: date | None = None,
    at: datetime | None = None,
) -> Enrolment:
    """Enrol `user`; a second call returns the active enrolment."""
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                programme=programme,
                user=user,
                organisation=organisation,
                due_on=due_on or programme.closes_on,
                enrolled_at=at or timezone.now(),
            )
    except IntegrityError:
        return Enrolment.objects.get(programme=programme, user=user, state=EnrolmentState.ACTIVE)
    record(action="programmes.enrol", actor=by, target=f"programmes.Enrolment:{enrolment.pk}")
    return enrolment


class NotEnrolled(ValueError):
    """The enrolment was not active."""


@transaction.atomic
def withdraw_enrolment(*, by: AbstractBaseUser | None, enrolment: Enrolment, reason: str) -> None:
    """End an enrolment; its facts stay. Raises NotEnrolled if it was not active."""
    active = Enrolment.objects.filter(pk=enrolment.pk, state=EnrolmentState.ACTIVE)
    if not active.update(state=EnrolmentState.WITHDRAWN):
        raise NotEnrolled(enrolment.public_id)
    record(
        action="programmes.withdraw_enrolment",
        actor=by,
        target=f"programmes.Enrolment:{enrolment.pk}",
        details={"reason": reason},
    )


def complete_steps(*, evidence: Iterable[Evidence]) -> None:
    """Index finished steps, in the caller's transaction. Idempotent and without a lock; the first moment stays.

    No audit entry of its own: the fact that proves it has one.
    """
    StepCompletion.objects.bulk_create(
        [
            StepCompletion(enrolment_id=e.enrolment_id, step_id=e.step_id, completed_at=e.completed_at, source=e.source)
            for e in evidence
        ],
        ignore_conflicts=True,
    )


def revoke_step(*, enrolment_id: int, step_id: int) -> None:
    """Take a step out of the index because its app recorded a fact that revokes it. In the caller's transaction."""
    StepCompletion.objects.filter(enrolment_id=enrolment_id, step_id=step_id).delete()


@dataclass(frozen=True, slots=True)
class Repair:
    """What a rebuild found: `missing` were proven and not in the index, `stale` were in the index and not proven."""

    missing: int
    stale: int


def rebuild_completions(*, check: bool = False, prune: bool = False) -> Repair:
    """Compare the index with what the step apps' facts prove, and mend it a slice at a time.

    `check` changes nothing. Otherwise what is missing is added; what is stale goes only with `prune`. One audit
    entry if anything was changed.
    """
    missing = stale = 0
    for drift in queries.drifts():
        missing, stale = missing + len(drift.missing), stale + len(drift.stale)
        if drift and not check:
            with transaction.atomic():
                if prune:
                    StepCompletion.objects.filter(pk__in=[row.pk for row in drift.stale]).delete()
                complete_steps(evidence=drift.missing)
    if (missing or (stale and prune)) and not check:
        record(
            action="programmes.rebuild_completions",
            actor=None,
            target="programmes.StepCompletion:all",
            details={"missing": missing, "stale": stale, "prune": prune},
        )
    return Repair(missing, stale)


ENROL_JOB = "programmes.enrol_unit"
ENROL_CHUNK = 200


@transaction.atomic
def enrol_unit(
    *, by: AbstractBaseUser | None, programme: Programme, organisation: Organisation, due_on: date | None = None
) -> None:
    """Let a background job enrol everybody whose home is `organisation` or below it. Again is harmless."""
    enqueue(
        kind=ENROL_JOB,
        payload={
            "programme": programme.pk,
            "organisation": organisation.pk,
            "due_on": due_on.isoformat() if due_on else None,
            "by": by.pk if by else None,
            "after": 0,
        },
    )
    record(
        action="programmes.enrol_unit",
        actor=by,
        target=f"programmes.Programme:{programme.pk}",
        details={"organisation": organisation.pk},
    )


@transaction.atomic
def enrol_chunk(*, programme_id: int, organisation_id: int, due_on: date | None, by_id: int | None, after: int) -> int:
    """Enrol the next people of a unit and queue the rest; return how many. People enrolled already stay as they are."""
    programme = Programme.objects.get(pk=programme_id)
    organisation = Organisation.objects.get(pk=organisation_id)
    by = User.objects.filter(pk=by_id).first() if by_id else None
    members = queries.members_to_enrol(programme, organisation, after, ENROL_CHUNK)
    for member in members:
        enrol(by=by, programme=programme, user=member.user, organisation=member.organisation, due_on=due_on)
    if len(members) == ENROL_CHUNK:
        payload = {
            "programme": programme_id,
            "organisation": organisation_id,
            "due_on": due_on.isoformat() if due_on else None,
            "by": by_id,
            "after": members[-1].user_id,
        }
        enqueue(kind=ENROL_JOB, payload=payload)
    return len(members)


@transaction.atomic
def change_programme(*, by: AbstractBaseUser | None, programme: Programme, **fields: Any) -> Programme:
    """Change a draft. Raises ProgrammeNotDraft, or ValidationError if a field is wrong."""
    _hold_draft(programme)
    for name, value in fields.items():
        setattr(programme, name, value)
    programme.full_clean()
    programme.save(update_fields=list(fields))
    record(action="programmes.change_programme", actor=by, target=f"programmes.Programme:{programme.pk}")
    return programme
