"""The page of one unit: its figures, those of the units below, and the people to be looked after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import CharField, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from dashboards.queries import figures
from dashboards.queries.figures import Coming, HeatRow, Waiting, Week
from dashboards.queries.rights import watched_by
from dashboards.queries.waiting import waiting_for
from organisations.models import Organisation
from programmes.models import (
    Enrolment,
    EnrolmentState,
    Outlook,
    Programme,
    Reminder,
    ReminderKind,
    Step,
    StepCompletion,
)

CHASE_PAGE = 20
MOST_PAGES = 50  # of people; then the filters are of more use
UNITS_PAGE = 50
LARGE_UNIT = 2000


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page of one unit and one programme. `way` are the units above that the reader may see."""

    unit: Organisation
    way: list[Organisation]
    programmes: list[Programme]
    programme: Programme | None
    steps: list[Step]
    total: HeatRow
    rows: list[HeatRow]
    left_out: int
    weeks: list[Week]
    waiting: list[Waiting]
    coming: list[Coming]
    chase: list[Enrolment]
    has_more: bool
    units_page: int

    @property
    def shown_rows(self) -> list[HeatRow]:
        """The units below on the page asked for."""
        return self.rows[(self.units_page - 1) * UNITS_PAGE : self.units_page * UNITS_PAGE]

    @property
    def has_more_units(self) -> bool:
        """Whether there is a page of units after it."""
        return self.units_page * UNITS_PAGE < len(self.rows)

    @property
    def gain(self) -> int | None:
        """How many more are through than at the end of last week; None if that is not known."""
        before = self.weeks[-2] if len(self.weeks) > 1 else None
        return self.total.finished - before.finished if before else None

    @property
    def loss(self) -> int:
        """The same where it is fewer, as a number to be said."""
        return -(self.gain or 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address says: which programme, whom to look after, which page of them."""

    programme: str = ""
    outlook: str = ""
    step: str = ""
    page: int = 1
    units: int = 1


def board(user: AbstractBaseUser, code: str, choice: Choice, today: date) -> Board | None:
    """The page of one unit, None if `user` may not see it. Four statements."""
    unit, way, children = _around(user, code)
    if unit is None:
        return None
    here = Organisation.objects.within(unit)
    known = figures.steps_by_programme(here)
    programmes = [programme for programme, _steps in known]
    chosen = next((p for p in programmes if p.slug == choice.programme), programmes[0] if programmes else None)
    steps = next((steps for programme, steps in known if programme == chosen), [])
    is_led, confirms = unit.is_led, unit.confirms  # type: ignore[attr-defined]
    found = figures.read(chosen, here, today, waiting_for(user, unit, confirms=confirms) if is_led else ())
    found.apart = [path for path in found.apart if path != unit.path]
    total, rows = heat(unit, children, found, steps)
    begin = (min(choice.page, MOST_PAGES) - 1) * CHASE_PAGE
    people = chase_list(unit, chosen, choice, is_large=total.enrolled >= LARGE_UNIT)
    chase = list(people[begin : begin + CHASE_PAGE + 1])
    return Board(
        unit=unit,
        way=way,
        programmes=programmes,
        programme=chosen,
        steps=steps,
        total=total,
        rows=rows,
        left_out=found.left_out,
        weeks=found.weeks,
        waiting=found.waiting,
        coming=found.coming,
        chase=chase[:CHASE_PAGE],
        has_more=len(chase) > CHASE_PAGE and choice.page < MOST_PAGES,
        units_page=choice.units,
    )


def _around(user: AbstractBaseUser, code: str) -> tuple[Organisation | None, list[Organisation], list[Organisation]]:
    """A unit, those above and those right below it, as far as `user` may see them. One statement."""
    path = Subquery(Organisation.objects.filter(code=code).values("path")[:1], output_field=CharField())
    near = watched_by(user).annotate(target=path)
    above = Q(target__startswith=F("path"))
    units: list[Organisation] = list(near.filter(Q(code=code) | Q(parent__code=code) | above).order_by("order", "path"))
    unit = next((found for found in units if found.code == code), None)
    if unit is None:
        return None, [], []
    way = sorted((u for u in units if u is not unit and (unit.path or "").startswith(u.path or "-")), key=_depth)
    return unit, way, [u for u in units if u.parent_id == unit.pk and u.closed_on is None]


def _depth(unit: Organisation) -> int:
    return len(unit.path or "")


def heat(
    unit: Organisation, children: Sequence[Organisation], found: figures.Figures, steps: Sequence[Step]
) -> tuple[HeatRow, list[HeatRow]]:
    """The sums of the unit, and of each unit below with what is below that, in the order of the units."""
    below = {child.pk: child for child in children}
    depth = (unit.path or "").count("/")

    def child_of(path: str) -> int | None:
        parts = path.split("/")
        child = int(parts[depth]) if len(parts) > depth + 1 else None
        return child if child in below else None

    tallies = found.folded(child_of)
    rows = []
    for child in children:
        if found.is_apart(child.path or ""):
            rows.append(figures.row(figures.whole_of(()), steps, child, is_apart=True))
        elif child.pk in tallies:
            rows.append(figures.row(tallies[child.pk], steps, child))
    if None in tallies:
        rows.append(figures.row(tallies[None], steps))
    total = figures.row(figures.whole_of(tallies.values()), steps, unit)
    shown = [row for row in rows if row.enrolled or row.is_apart]
    return total, figures.without_small_cells(shown)


def people_within(unit: Organisation, programme: Programme | None) -> QuerySet[Enrolment]:
    """Active enrolments of a unit and what is below it."""
    here = Organisation.objects.within(unit)
    return Enrolment.objects.filter(organisation__in=here, programme=programme, state=EnrolmentState.ACTIVE)


def chase_list(
    unit: Organisation, programme: Programme | None, choice: Choice, *, is_large: bool = False
) -> QuerySet[Enrolment]:
    """Who is not through, the most doubtful first, each with `done` (steps) and `reminded_at` (by hand).

    The people of a large unit are met soon along the index of whom to chase; those of a small one by their unit, and
    are put in order afterwards: an expression keeps the planner from walking that index past everybody else.
    """
    done = StepCompletion.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    by_hand = Reminder.objects.filter(kind=ReminderKind.BY_HAND, enrolment__user=OuterRef("user_id")).order_by()
    last = by_hand.values("enrolment__user").annotate(last=Max("sent_at")).values("last")
    found = people_within(unit, programme).filter(finished_at=None)
    outlook = F("outlook") if is_large else F("outlook") + Value(0)
    if is_large:
        here = Organisation.objects.within(unit).filter(pk=OuterRef("organisation_id"))
        found = Enrolment.objects.filter(
            Exists(here), programme=programme, state=EnrolmentState.ACTIVE, finished_at=None
        )
    if choice.outlook in {str(value) for value in Outlook.values}:
        found = found.filter(outlook=int(choice.outlook))
    if choice.step:
        found = found.filter(
            ~Exists(StepCompletion.objects.filter(enrolment=OuterRef("pk"), step__public_id=choice.step))
        )
    found = found.annotate(
        done=Coalesce(Subquery(done.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), Value(0)),
        reminded_at=Subquery(last),
    )
    return found.select_related("user", "organisation").order_by(outlook.desc(), "due_on", "pk")


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
