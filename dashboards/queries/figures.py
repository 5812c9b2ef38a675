"""Sums by unit as they are stored: one statement, never a count over people."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import CharField, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Cast

from dashboards.models import ExamMeasure, ExamTally
from foundation.smallcells import is_small, suppressed
from organisations.models import Organisation, OrganisationQuerySet
from programmes.models import Measure, Programme, ProgrammeState, Step, StepKind, UnitStepTally, WeekTally

WEEKS = 12
WEEK, APART, WAITS, COMES = "week", "apart", "waits", "comes"
LEVELS = ((100, 5), (80, 4), (50, 3), (25, 2))

Tally = Counter[tuple[str, int | None]]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Week:
    """A point of the trend line."""

    week_on: date
    enrolled: int
    finished: int

    @property
    def percent(self) -> int:
        """Those who are through, of all."""
        return 100 * self.finished // self.enrolled if self.enrolled else 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the reader: which, how many, since when."""

    kind: str
    count: int
    since: date | None


@dataclass(frozen=True, slots=True)
class Coming:
    """A roster on its way in."""

    public_id: str
    filename: str
    done: int
    expected: int


@dataclass(slots=True)
class Figures:
    """What one statement has brought. `by_path` has a tally for each single unit; `apart` the paths of those that do
    not take part."""

    by_path: dict[str, Tally] = field(default_factory=dict)
    weeks: list[Week] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)

    def is_apart(self, path: str) -> bool:
        """True if this unit, or one above it, does not take part."""
        return any(path.startswith(root) for root in self.apart)

    def folded(self, key_of: Callable[[str], Key]) -> dict[Key, Tally]:
        """The tallies of the units that take part, added up by what `key_of` says of a path."""
        found: dict[Key, Tally] = {}
        for path, tally in self.by_path.items():
            if not self.is_apart(path):
                found.setdefault(key_of(path), Counter()).update(tally)
        return found

    @property
    def left_out(self) -> int:
        """How many people of units that do not take part are in none of the sums."""
        rows = [tally for path, tally in self.by_path.items() if self.is_apart(path)]
        return sum(tally[Measure.ENROLLED.value, None] for tally in rows)


def read(
    programme: Programme | None, units: OrganisationQuerySet, today: date, further: Iterable[QuerySet[Any, Any]] = ()
) -> Figures:
    """The stored figures of `units`, whatever `further` asks in the same shape, and the last weeks. One statement."""
    found = Figures()
    arms = [_exams(programme, units), _weeks(programme, units, today), _apart(units), *further]
    for text, what, number, people in _tallies(programme, units).union(*arms, all=True):
        if what == WEEK:
            found.weeks.append(Week(date.fromisoformat(text), number, people))
        elif what == APART:
            found.apart.append(text)
        elif what.startswith(WAITS):
            found.waiting += waiting_of(text, what, people)
        elif what.startswith(COMES):
            found.coming.append(Coming(what.removeprefix(f"{COMES}:"), text, number, people))
        else:
            found.by_path.setdefault(text, Counter())[what, number] += people
    found.weeks.sort(key=lambda week: week.week_on)
    return found


def waiting_of(text: str | None, what: str, people: int) -> list[Waiting]:
    """What one such row says: nothing if there is none."""
    return [Waiting(what.removeprefix(f"{WAITS}:"), people, _day(text))] if people else []


def _day(text: str | None) -> date | None:
    """The day of a moment as the databases write it into text."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).date()


def _tallies(programme: Programme | None, units: OrganisationQuerySet) -> QuerySet[Any, Any]:
    rows = UnitStepTally.objects.filter(programme=programme, organisation__in=units).order_by()
    return rows.values_list("organisation__path", "measure", "step_id").annotate(n=Sum("people"))


def _exams(programme: Programme | None, units: OrganisationQuerySet) -> QuerySet[Any, Any]:
    rows = ExamTally.objects.filter(step__programme=programme, organisation__in=units).order_by()
    return rows.values_list("organisation__path", "measure", "step_id").annotate(n=Sum("people"))


def _weeks(programme: Programme | None, units: OrganisationQuerySet, today: date) -> QuerySet[Any, Any]:
    """The last weeks: day, "week", who takes part, who is through."""
    since = today - timedelta(weeks=WEEKS)
    rows = WeekTally.objects.filter(programme=programme, organisation__in=units, week_on__gt=since)
    days = rows.order_by().values("week_on").annotate(enrolled_=Sum("enrolled"), finished_=Sum("finished"))
    day = Cast("week_on", CharField())
    return days.annotate(day=day, what=Value(WEEK)).values_list("day", "what", "enrolled_", "finished_")


def _apart(units: OrganisationQuerySet) -> QuerySet[Any, Any]:
    """Units that do not take part: path, "apart"."""
    rows = Organisation.objects.filter(pk__in=units.values("pk"), is_participating=False).order_by()
    return rows.annotate(what=Value(APART), number=nothing(), n=Value(0)).values_list("path", "what", "number", "n")


def nothing() -> Value:
    """NULL in the place of a number."""
    return Value(None, output_field=IntegerField())


# ── Rows of a table ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Cell:
    """How many people of a unit have completed a step. `level` is the shade, 0 (nobody) to 5 (everybody)."""

    step: Step
    people: int
    level: int


@dataclass(frozen=True, slots=True)
class Rates:
    """One exam in one unit with all below it. `excellent` is None where it would tell of single people."""

    step: Step
    enrolled: int
    took_part: int
    passed: int
    excellent: int | None
    sat_first: int
    passed_first: int

    @property
    def participation(self) -> float | None:
        """Of those who should."""
        return percent(self.took_part, self.enrolled)

    @property
    def pass_rate(self) -> float | None:
        """Of those who took part."""
        return percent(self.passed, self.took_part)

    @property
    def excellence_rate(self) -> int | None:
        """Of those who took part, in whole per cent: with decimals one unit could be worked out from two others."""
        share = None if self.excellent is None else percent(self.excellent, self.took_part)
        return None if share is None else round(share)

    @property
    def first_time_rate(self) -> float | None:
        """Passed at the first attempt, of those who have its result."""
        return percent(self.passed_first, self.sat_first)


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One line: a unit (or a district, a kind: then `word`) with everything below it. Neither: who stands in the unit
    itself."""

    unit: Organisation | None
    enrolled: int
    finished: int
    doubtful: int
    cells: list[Cell]
    rates: list[Rates]
    word: str = ""
    key: str = ""
    is_apart: bool = False


def percent(part: int, of: int) -> float | None:
    """None where nobody could have done it. Exam figures are some minutes older than enrolments: never above 100."""
    return min(round(100 * part / of, 1), 100.0) if of else None


def level(people: int, of: int) -> int:
    """The shade of a cell: 0 nobody, 1 under 25 %, 2 under 50, 3 under 80, 4 under 100, 5 everybody."""
    if not people or not of:
        return 0
    share = 100 * people // of
    return next((shade for least, shade in LEVELS if share >= least), 1)


def row(tally: Tally, steps: Sequence[Step], unit: Organisation | None = None, **more: Any) -> HeatRow:
    """One line of a table."""
    enrolled = max(tally[Measure.ENROLLED.value, None], 0)
    done = [(step, max(tally[Measure.STEP.value, step.pk], 0)) for step in steps]
    return HeatRow(
        unit=unit,
        enrolled=enrolled,
        finished=max(tally[Measure.FINISHED.value, None], 0),
        doubtful=max(tally[Measure.DOUBTFUL.value, None], 0),
        cells=[Cell(step, people, level(people, enrolled)) for step, people in done],
        rates=[_rates(tally, step, enrolled) for step in steps if step.kind == StepKind.EXAM],
        **more,
    )


def _rates(tally: Tally, step: Step, enrolled: int) -> Rates:
    took, passed, excellent, sat, first = (tally[measure.value, step.pk] for measure in ExamMeasure)
    return Rates(step, enrolled, took, passed, None if is_small(took) else excellent, sat, first)


def without_small_cells(rows: Sequence[HeatRow]) -> list[HeatRow]:
    """The lines of one table, without excellence rates from which that of a few people could be worked out."""
    if not rows:
        return []
    tables = []
    for column in zip(*[row.rates for row in rows], strict=True):
        counts = [rates.excellent or 0 for rates in column]
        tables.append(suppressed(counts, bases=[rates.took_part for rates in column]).cells)
    return [
        replace(line, rates=[replace(r, excellent=tables[i][n]) for i, r in enumerate(line.rates)])
        for n, line in enumerate(rows)
    ]


def whole_of(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    found: Tally = Counter()
    for tally in tallies:
        found.update(tally)
    return found


def steps_by_programme(units: OrganisationQuerySet | None) -> list[tuple[Programme, list[Step]]]:
    """Programmes that somebody of `units` (None: of the whole city) takes part in, newest first, each with its steps.
    One statement."""
    here = UnitStepTally.objects.all() if units is None else UnitStepTally.objects.filter(organisation__in=units)
    steps = Step.objects.filter(programme_id__in=here.order_by().values("programme_id")).select_related("programme")
    found: dict[int, tuple[Programme, list[Step]]] = {}
    for step in steps.order_by("-programme__opens_on", "programme_id", "stage", "position"):
        found.setdefault(step.programme_id, (step.programme, []))[1].append(step)
    return list(found.values())


def people_learning() -> int:
    """How many take part in programmes that are open. One statement."""
    rows = UnitStepTally.objects.filter(measure=Measure.ENROLLED, programme__state=ProgrammeState.OPEN)
    return max(rows.aggregate(n=Sum("people"))["n"] or 0, 0)
