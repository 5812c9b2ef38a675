"""Where a learner stands, and the gate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from organisations.models import Organisation
from programmes.contracts import CONFIGURATORS, HANDLERS, Evidence, Progress
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
    """All steps in order. A step is open when every step of the stages before it is complete. One statement."""
    mine = StepCompletion.objects.filter(enrolment=enrolment.pk, step=OuterRef("pk")).values("completed_at")[:1]
    steps = Step.objects.filter(programme=enrolment.programme_id).annotate(done_at=Subquery(mine))
    found = list(steps.order_by("stage", "position"))
    return _in_order(found, {step.pk: step.done_at for step in found if step.done_at})


def progress_of_all(enrolments: Sequence[Enrolment]) -> dict[int, list[StepProgress]]:
    """`progress_of` for many: {enrolment id: steps}. Two statements whatever their number."""
    done: dict[int, dict[int, datetime]] = {enrolment.pk: {} for enrolment in enrolments}
    completions = StepCompletion.objects.filter(enrolment_id__in=done)
    for enrolment_id, step_id, moment in completions.values_list("enrolment_id", "step_id", "completed_at"):
        done[enrolment_id][step_id] = moment
    steps: dict[int, list[Step]] = {enrolment.programme_id: [] for enrolment in enrolments}
    for step in Step.objects.filter(programme_id__in=steps).order_by("stage", "position"):
        steps[step.programme_id].append(step)
    return {e.pk: _in_order(steps[e.programme_id], done[e.pk]) for e in enrolments}


def _in_order(steps: Sequence[Step], done: dict[int, datetime]) -> list[StepProgress]:
    """The rule of the five steps: open is every stage up to the first that is not complete."""
    open_until = min((step.stage for step in steps if step.pk not in done), default=Stage.PRACTISE)
    return [StepProgress(step, done.get(step.pk), step.stage <= open_until) for step in steps]


def is_open_today(programme: Programme, now: datetime | None = None) -> bool:
    """Open state, and today (in China) within its days."""
    today = timezone.localdate(now)
    return programme.state == ProgrammeState.OPEN and programme.opens_on <= today <= programme.closes_on


def require_open(
    *,
    user: AbstractBaseUser,
    step_public_id: str,
    kind: str | Sequence[str],
    reading: bool = False,
    now: datetime | None = None,
) -> OpenStep:
    """The gate. Every view of a step app passes here first, whatever the address, tab or API call. `kind` may be
    several.

    `reading` lets a learner look again at a step that is complete although the programme has closed.
    Raises StepUnknown, ProgrammeClosed or StepLocked.
    """
    kinds = [kind] if isinstance(kind, str) else kind
    step = Step.objects.filter(public_id=step_public_id, kind__in=kinds).select_related("programme").first()
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


def kind_of(step_public_id: str) -> str:
    """The kind of a step, "" if there is none: the gate tells neither from a foreign one."""
    return Step.objects.filter(public_id=step_public_id).values_list("kind", flat=True).first() or ""


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
    enrolments = list(enrolments_of(user))
    rows = progress_of_all(enrolments)
    return [_learning_view(enrolment, rows[enrolment.pk]) for enrolment in enrolments]


def learning_view(enrolment: Enrolment) -> LearningView:
    """One enrolment with its steps, their addresses and how far each open one is."""
    return _learning_view(enrolment, progress_of(enrolment))


def _learning_view(enrolment: Enrolment, rows: Sequence[StepProgress]) -> LearningView:
    """`rows` with what the handlers of the open steps have to say."""
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


@dataclass(frozen=True, slots=True)
class Drift:
    """How the index differs from what the facts prove, for a slice of enrolments."""

    missing: list[Evidence]
    stale: list[StepCompletion]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale)


def drifts(chunk: int = 2000) -> Iterator[Drift]:
    """Compare the whole index with the evidence of all handlers, a slice of enrolments at a time.

    A completion with another moment or source than its evidence counts as both stale and missing. Steps of a kind
    that no handler answers for are left out: nobody can prove or refute them.
    """
    last = 0
    while True:
        ids = list(Enrolment.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:chunk])
        if not ids:
            return
        last = ids[-1]
        yield _drift(ids)


def _drift(enrolment_ids: Sequence[int]) -> Drift:
    """One slice of `drifts`."""
    proven = {(e.enrolment_id, e.step_id): e for handler in HANDLERS.values() for e in handler.evidence(enrolment_ids)}
    rows = StepCompletion.objects.filter(enrolment_id__in=enrolment_ids, step__kind__in=list(HANDLERS))
    stored = {(row.enrolment_id, row.step_id): row for row in rows}

    def agrees(key: tuple[int, int]) -> bool:
        row, evidence = stored.get(key), proven.get(key)
        return (
            row is not None
            and evidence is not None
            and (row.completed_at, row.source) == (evidence.completed_at, evidence.source)
        )

    return Drift(
        [evidence for key, evidence in proven.items() if not agrees(key)],
        [row for key, row in stored.items() if not agrees(key)],
    )


@dataclass(frozen=True, slots=True)
class StepSetting:
    """One step as the admin shows it: `asks_for` is "" while nothing is chosen, `configure_url` is "" when it is
    fixed."""

    step: Step
    asks_for: str
    configure_url: str


def settings_of(programme: Programme) -> list[StepSetting]:
    """The steps in order with what they ask for. One statement plus what each kind's configurator needs."""
    steps = list(Step.objects.filter(programme=programme).order_by("stage", "position"))
    by_kind: dict[str, list[int]] = {}
    for step in steps:
        by_kind.setdefault(step.kind, []).append(step.pk)
    chosen: dict[int, str] = {}
    for kind, step_ids in by_kind.items():
        chosen.update(CONFIGURATORS[kind].summaries(step_ids))
    return [StepSetting(step, chosen.get(step.pk, ""), _configure_url(programme, step)) for step in steps]


def _configure_url(programme: Programme, step: Step) -> str:
    """Where to choose what `step` asks for, "" if that is fixed."""
    configurator = CONFIGURATORS[step.kind]
    while_open = programme.state == ProgrammeState.OPEN and configurator.changes_while_open
    may_choose = programme.state == ProgrammeState.DRAFT or while_open
    return configurator.configure_url(step.pk) if may_choose else ""


def steps_by_stage(view: LearningView) -> list[tuple[Stage, list[StepView]]]:
    """The steps of an enrolment under their stages, for the page that lists all of them."""
    return [(Stage(stage), list(rows)) for stage, rows in groupby(view.steps, key=lambda row: row.step.stage)]


def enrolments_within(organisation: Organisation, programme: Programme | None) -> QuerySet[Enrolment]:
    """Active enrolments of a unit and what is below it, in the order of the tree, for who leads it."""
    found = Enrolment.objects.filter(
        organisation__in=Organisation.objects.within(organisation), state=EnrolmentState.ACTIVE, programme=programme
    )
    return found.select_related("user", "organisation", "programme").order_by("organisation__path", "user__name", "pk")


def programmes_within(organisation: Organisation) -> QuerySet[Programme]:
    """Programmes that somebody of this unit is enrolled in, newest first."""
    enrolled = Enrolment.objects.filter(
        organisation__in=Organisation.objects.within(organisation), state=EnrolmentState.ACTIVE
    )
    return Programme.objects.filter(pk__in=enrolled.values("programme_id")).order_by("-opens_on", "pk")


@dataclass(frozen=True, slots=True)
class StageState:
    """One stage of one person: done of total steps. Never a score."""

    stage: Stage
    state: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of a unit with the state of each stage."""

    enrolment: Enrolment
    stages: list[StageState]


def roster(enrolments: Sequence[Enrolment]) -> list[RosterRow]:
    """How far each of `enrolments` is. Two statements whatever their number."""
    progress = progress_of_all(enrolments)
    return [RosterRow(enrolment, _stage_states(progress[enrolment.pk])) for enrolment in enrolments]


def _stage_states(rows: Sequence[StepProgress]) -> list[StageState]:
    """`rows` folded into stages."""
    states = []
    for stage, grouped in groupby(rows, key=lambda row: row.step.stage):
        steps = list(grouped)
        done = sum(1 for row in steps if row.completed_at)
        state = "done" if done == len(steps) else "now" if steps[0].is_open else "todo"
        states.append(StageState(Stage(stage), state, done, len(steps)))
    return states
