"""Where a learner stands, and the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, QuerySet
from django.utils import timezone

from programmes.contracts import HANDLERS, Progress
from programmes.models import Enrolment, EnrolmentState, Programme, ProgrammeState, Stage, Step, StepCompletion


class GateError(Exception):
    """The learner may not work on this step now. `status` is the HTTP status of the page that says so."""

    status = 403


class StepUnknown(GateError):
    """No such step, or one of another kind, or the learner is not enrolled: told alike, so nothing can be probed."""

    status = 404


class ProgrammeClosed(GateError):
    """The programme is not open today."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        super().__init__(programme.slug)


class StepLocked(GateError):
    """An earlier stage is not complete. `missing` are the steps to finish first."""

    def __init__(self, step: Step, missing: Sequence[Step]) -> None:
        self.step = step
        self.missing = list(missing)
        super().__init__(step.public_id)


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step of one enrolment."""

    step: Step
    completed_at: datetime | None
    is_open: bool

    @property
    def state(self) -> str:
        """done, now or todo: the word that the step track shows."""
        return "done" if self.completed_at else "now" if self.is_open else "todo"


@dataclass(frozen=True, slots=True)
class OpenStep:
    """Proof that the gate was passed: hand it to the app's action."""

    enrolment: Enrolment
    step: Step
    completed_at: datetime | None


def progress_of(enrolment: Enrolment) -> list[StepProgress]:
    """All steps in order. A step is open when every step of the stages before it is complete. Two statements."""
    done = dict(StepCompletion.objects.filter(enrolment=enrolment).values_list("step_id", "completed_at"))
    steps = list(Step.objects.filter(programme_id=enrolment.programme_id).order_by("stage", "position"))
    open_until = min((step.stage for step in steps if step.pk not in done), default=Stage.PRACTISE)
    return [StepProgress(step, done.get(step.pk), step.stage <= open_until) for step in steps]


def is_open_today(programme: Programme, now: datetime | None = None) -> bool:
    """Open state, and today (in China) within its days."""
    today = timezone.localdate(now)
    return programme.state == ProgrammeState.OPEN and programme.opens_on <= today <= programme.closes_on


def require_open(
    *, user: AbstractBaseUser, step_public_id: str, kind: str, reading: bool = False, now: datetime | None = None
) -> OpenStep:
    """The gate. Every view of a step app passes here first, whatever the address, tab or API call.

    `reading` lets a learner look again at a step that is complete although the programme has closed.
    Raises StepUnknown, ProgrammeClosed or StepLocked.
    """
    step = Step.objects.filter(public_id=step_public_id, kind=kind).select_related("programme").first()
    if step is None or not user.is_authenticated:
        raise StepUnknown(step_public_id)
    enrolment = (
        Enrolment.objects.filter(programme_id=step.programme_id, user_id=user.pk, state=EnrolmentState.ACTIVE)
        .select_related("programme", "organisation", "user")
        .first()
    )
    if enrolment is None:
        raise StepUnknown(step_public_id)
    progress = progress_of(enrolment)
    own = next(p for p in progress if p.step.pk == step.pk)
    if not is_open_today(step.programme, now) and not (reading and own.completed_at):
        raise ProgrammeClosed(step.programme)
    if not own.is_open:
        missing = [p.step for p in progress if p.step.stage < step.stage and not p.completed_at]
        raise StepLocked(step, missing)
    return OpenStep(enrolment, step, own.completed_at)


def enrolments_of(user: AbstractBaseUser) -> QuerySet[Enrolment]:
    """The learner's active enrolments, newest first."""
    return (
        Enrolment.objects.filter(user_id=user.pk, state=EnrolmentState.ACTIVE)
        .select_related("programme", "organisation")
        .order_by("-enrolled_at", "-pk")
    )


def funnel(enrolments: QuerySet[Enrolment]) -> dict[int, int]:
    """How many of `enrolments` have completed each step: {step id: count}. One statement."""
    rows = StepCompletion.objects.filter(enrolment__in=enrolments).values("step_id").annotate(n=Count("id"))
    return {row["step_id"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as the learner's page shows it. `entry_url` is None while it is locked."""

    step: Step
    state: str
    completed_at: datetime | None
    entry_url: str | None
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class LearningView:
    """One enrolment as the learner's page shows it."""

    enrolment: Enrolment
    steps: list[StepView]

    @property
    def next_step(self) -> StepView | None:
        """The first open step that is not complete."""
        return next((step for step in self.steps if step.state == "now"), None)


def learning_of(user: AbstractBaseUser) -> list[LearningView]:
    """All enrolments of `user` with their steps; asks each kind's handler once per enrolment."""
    return [learning_view(enrolment) for enrolment in enrolments_of(user)]


def learning_view(enrolment: Enrolment) -> LearningView:
    """One enrolment with its steps, their addresses and how far each open one is."""
    rows = progress_of(enrolment)
    current: dict[str, list[int]] = {}
    for row in rows:
        if row.state == "now":
            current.setdefault(row.step.kind, []).append(row.step.pk)
    details: dict[int, Progress] = {}
    for kind, step_ids in current.items():
        details.update(HANDLERS[kind].progress(enrolment.pk, step_ids))
    steps = [
        StepView(
            row.step,
            row.state,
            row.completed_at,
            HANDLERS[row.step.kind].entry_url(row.step.public_id) if row.is_open else None,
            details.get(row.step.pk),
        )
        for row in rows
    ]
    return LearningView(enrolment, steps)
