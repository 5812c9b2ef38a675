"""How units stand: sums of stored figures, never a count over people; and the people to be looked after."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from organisations.models import Membership, Organisation, OrganisationQuerySet
from organisations.queries import LEADING_ROLES, led_by
from programmes.models import (
    CalendarFeed,
    Enrolment,
    EnrolmentState,
    Measure,
    Outlook,
    Programme,
    Reminder,
    ReminderKind,
    Step,
    StepCompletion,
    UnitStepTally,
    WeekTally,
)
from programmes.queries.audiences import MANAGES_ALL

CHASE_PAGE = 20
WEEKS = 12
WEEK = "week"
LEVELS = ((100, 5), (80, 4), (50, 3), (25, 2))


def watched_by(user: AbstractBaseUser) -> OrganisationQuerySet:
    """The units whose figures `user` may see: what they lead, or all for who manages programmes."""
    if isinstance(user, User) and user.has_perm(MANAGES_ALL):
        return Organisation.objects.all()
    return led_by(user)


@dataclass(frozen=True, slots=True)
class Cell:
    """How many people of a unit have completed a step. `level` is the shade, 0 (nobody) to 5 (everybody)."""

    step: Step
    people: int
    level: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One unit below, with everything below it; `unit` None are those who stand in the unit itself."""

    unit: Organisation | None
    enrolled: int
    finished: int
    doubtful: int
    cells: list[Cell]


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
class Board:
    """Everything on the page of one unit and one programme."""

    unit: Organisation
    programmes: list[Programme]
    programme: Programme | None
    steps: list[Step]
    total: HeatRow
    rows: list[HeatRow]
    weeks: list[Week]
    chase: list[Enrolment]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address says: which programme, whom to look after, which page of them."""

    programme: str = ""
    outlook: str = ""
    step: str = ""
    page: int = 1


def board(user: AbstractBaseUser, code: str, choice: Choice, today: date) -> Board | None:
    """The page of one unit, None if `user` may not see it. Four statements for who leads it."""
    here = Q(code=code) | Q(parent__code=code)
    units = list(_led(user).filter(here).order_by("order", "path"))
    unit = next((found for found in units if found.code == code), None)
    if unit is None and isinstance(user, User) and user.has_perm(MANAGES_ALL):
        units = list(Organisation.objects.filter(here).order_by("order", "path"))
        unit = next((found for found in units if found.code == code), None)
    if unit is None:
        return None
    children = [child for child in units if child is not unit and child.closed_on is None]
    programmes = _programmes(unit)
    names = [programme for programme, _steps in programmes]
    chosen = next((p for p in names if p.slug == choice.programme), names[0] if names else None)
    steps = next((steps for programme, steps in programmes if programme == chosen), [])
    total, rows, weeks = _heat(unit, children, chosen, steps, today)
    chase = list(chase_list(unit, chosen, choice)[(choice.page - 1) * CHASE_PAGE : choice.page * CHASE_PAGE + 1])
    return Board(unit, names, chosen, steps, total, rows, weeks, chase[:CHASE_PAGE], has_more=len(chase) > CHASE_PAGE)


def _programmes(unit: Organisation) -> list[tuple[Programme, list[Step]]]:
    """Programmes that somebody here takes part in, newest first, each with its steps. One statement."""
    here = UnitStepTally.objects.filter(organisation__in=Organisation.objects.within(unit))
    steps = Step.objects.filter(programme_id__in=here.values("programme_id")).select_related("programme")
    found: dict[int, tuple[Programme, list[Step]]] = {}
    for step in steps.order_by("-programme__opens_on", "programme_id", "stage", "position"):
        found.setdefault(step.programme_id, (step.programme, []))[1].append(step)
    return list(found.values())


def _heat(
    unit: Organisation,
    children: Sequence[Organisation],
    programme: Programme | None,
    steps: Sequence[Step],
    today: date,
) -> tuple[HeatRow, list[HeatRow], list[Week]]:
    """The sums of the unit, of each unit below with what is below that, and of the last weeks. One statement."""
    sums = UnitStepTally.objects.filter(programme=programme, organisation__in=Organisation.objects.within(unit))
    figures: dict[int | None, Counter[tuple[str, int | None]]] = defaultdict(Counter)
    below = {child.pk: child for child in children}
    depth = (unit.path or "").count("/")
    keys = ("organisation__path", "measure", "step_id")
    rows = sums.order_by().values_list(*keys).annotate(n=Sum("people"))
    weeks = []
    for path, measure, step_id, people in rows.union(_weeks(unit, programme, today), all=True):
        if measure == WEEK:
            weeks.append(Week(date.fromisoformat(path), step_id, people))
            continue
        parts = path.split("/")
        child = int(parts[depth]) if len(parts) > depth + 1 else None
        figures[child if child in below else None][measure, step_id] += people
    whole: Counter[tuple[str, int | None]] = Counter()
    for counts in figures.values():
        whole.update(counts)
    order = [*[child.pk for child in children], *([None] if figures.get(None) else [])]
    heat = [_row(below[pk] if pk else None, figures[pk], steps) for pk in order]
    weeks.sort(key=lambda week: week.week_on)
    return _row(unit, whole, steps), [row for row in heat if row.enrolled], weeks


def _row(unit: Organisation | None, counts: "Counter[tuple[str, int | None]]", steps: Sequence[Step]) -> HeatRow:
    enrolled = counts[Measure.ENROLLED.value, None]
    cells = [
        Cell(step, counts[Measure.STEP.value, step.pk], level(counts[Measure.STEP.value, step.pk], enrolled))
        for step in steps
    ]
    finished, doubtful = counts[Measure.FINISHED.value, None], counts[Measure.DOUBTFUL.value, None]
    return HeatRow(unit, enrolled, finished, doubtful, cells)


def level(people: int, of: int) -> int:
    """The shade of a cell: 0 nobody, 1 under 25 %, 2 under 50, 3 under 80, 4 under 100, 5 everybody."""
    if not people or not of:
        return 0
    percent = 100 * people // of
    return next((shade for least, shade in LEVELS if percent >= least), 1)


def _weeks(unit: Organisation, programme: Programme | None, today: date) -> QuerySet[WeekTally, Any]:
    """The last weeks of the unit, in the shape of its sums: day, "week", who takes part, who is through."""
    rows = WeekTally.objects.filter(
        programme=programme,
        organisation__in=Organisation.objects.within(unit),
        week_on__gt=today - timedelta(weeks=WEEKS),
    )
    days = rows.order_by().values("week_on").annotate(enrolled_=Sum("enrolled"), finished_=Sum("finished"))
    day = Cast("week_on", CharField())
    return days.annotate(day=day, what=Value(WEEK)).values_list("day", "what", "enrolled_", "finished_")


def _led(user: AbstractBaseUser) -> OrganisationQuerySet:
    """What `led_by` finds, as one statement."""
    here = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    leading = Membership.objects.current().filter(user_id=user.pk, role__in=LEADING_ROLES).alias(here=here)
    return Organisation.objects.filter(Exists(leading.filter(here__startswith=F("organisation__path"))))


def people_within(unit: Organisation, programme: Programme | None) -> QuerySet[Enrolment]:
    """Active enrolments of a unit and what is below it."""
    here = Organisation.objects.within(unit)
    return Enrolment.objects.filter(organisation__in=here, programme=programme, state=EnrolmentState.ACTIVE)


def chase_list(unit: Organisation, programme: Programme | None, choice: Choice) -> QuerySet[Enrolment]:
    """Who is not through, the most doubtful first, each with `done` (steps) and `reminded_at` (by hand)."""
    done = StepCompletion.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    by_hand = Reminder.objects.filter(kind=ReminderKind.BY_HAND, enrolment__user=OuterRef("user_id")).order_by()
    last = by_hand.values("enrolment__user").annotate(last=Max("sent_at")).values("last")
    found = people_within(unit, programme).filter(finished_at=None)
    if choice.outlook in {str(value) for value in Outlook.values}:
        found = found.filter(outlook=int(choice.outlook))
    if choice.step:
        has_step = StepCompletion.objects.filter(step__public_id=choice.step)
        found = found.exclude(pk__in=has_step.values("enrolment_id"))
    found = found.annotate(
        done=Coalesce(Subquery(done.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        reminded_at=Subquery(last),
    )
    return found.select_related("user", "organisation").order_by("-outlook", "due_on", "pk")


def remindable(user: AbstractBaseUser, unit: Organisation, public_ids: Sequence[str]) -> list[Enrolment]:
    """Those of `public_ids` in a unit that `user` may see, who are not through."""
    here = watched_by(user).filter(path__startswith=unit.path or "-")
    found = Enrolment.objects.filter(
        public_id__in=public_ids, organisation__in=here, state=EnrolmentState.ACTIVE, finished_at=None
    )
    return list(found.select_related("programme", "user").order_by("pk"))


# ── One person ───────────────────────────────────────────────────────────────────────────────────────
def watched_enrolment(user: AbstractBaseUser, public_id: str) -> Enrolment | None:
    """An enrolment in a unit that `user` may see."""
    found = Enrolment.objects.filter(public_id=public_id, organisation__in=watched_by(user))
    return found.select_related("user", "organisation", "programme").first()


def told(enrolment: Enrolment) -> list[tuple[str, datetime]]:
    """What somebody was told about an enrolment, newest first."""
    rows = Reminder.objects.filter(enrolment=enrolment).order_by("-sent_at", "-pk")
    return [(str(ReminderKind(kind).label), sent_at) for kind, sent_at in rows.values_list("kind", "sent_at")]


def history_of(user_id: int) -> list[tuple[Enrolment, int, int]]:
    """All enrolments of one person, every year and round, newest first, with steps done and steps in all. Three
    statements."""
    rows = list(
        Enrolment.objects.filter(user_id=user_id)
        .select_related("programme", "organisation")
        .order_by("-enrolled_at", "-pk")
    )
    done = dict(
        StepCompletion.objects.filter(enrolment__in=[row.pk for row in rows])
        .order_by()
        .values_list("enrolment_id")
        .annotate(n=Count("pk"))
    )
    steps = dict(
        Step.objects.filter(programme_id__in={row.programme_id for row in rows})
        .order_by()
        .values_list("programme_id")
        .annotate(n=Count("pk"))
    )
    return [(row, done.get(row.pk, 0), steps.get(row.programme_id, 0)) for row in rows]


def calendar_token_of(user: AbstractBaseUser) -> str:
    """The secret of the learner's calendar, "" before they asked for one."""
    return CalendarFeed.objects.filter(user_id=user.pk).values_list("token", flat=True).first() or ""


def deadlines_behind(token: str) -> list[Enrolment] | None:
    """What the owner of a calendar has to finish; None if there is no such calendar, or its owner may not sign in."""
    feed = CalendarFeed.objects.filter(token=token, user__is_active=True).first()
    if feed is None:
        return None
    found = Enrolment.objects.filter(user_id=feed.user_id, state=EnrolmentState.ACTIVE, finished_at=None)
    return list(found.select_related("programme").order_by("due_on", "pk"))
