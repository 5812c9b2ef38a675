"""What a report says in figures. Asked in the background: a campaign is counted person by person."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from dashboards.models import Report, ReportScope
from dashboards.queries import figures
from dashboards.queries.board import heat
from dashboards.queries.exams import derived
from dashboards.queries.figures import HeatRow, Week
from dashboards.queries.rights import watched_by
from organisations.models import Organisation
from pledges.models import Letter, LetterState
from practice.models import Deed, DeedState
from programmes.models import (
    Assignment,
    Enrolment,
    EnrolmentState,
    Measure,
    Outlook,
    Programme,
    Step,
    StepCompletion,
    StepKind,
)

QUARTERS = 8
MOST_ASSIGNMENTS = 200


@dataclass(frozen=True, slots=True)
class Part:
    """One programme in a report. `fresh` is how many people completed each step in the period."""

    programme: Programme
    steps: list[Step]
    total: HeatRow
    rows: list[HeatRow]
    left_out: int
    weeks: list[Week]
    fresh: dict[int, int]
    finished_fresh: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a report says. `written_on` is the day of the figures."""

    report: Report
    unit: Organisation
    units_taking_part: int
    parts: list[Part]
    letters: int
    deeds: int
    deeds_waiting: int
    written_on: date


def reports_of(user: AbstractBaseUser) -> QuerySet[Report]:
    """The reports that `user` asked for, newest first, about units that they still lead."""
    mine = Report.objects.filter(asked_by=user.pk, organisation__in=watched_by(user))
    return mine.select_related("organisation", "programme").order_by("-asked_at", "-pk")


def expired_reports(before: datetime) -> QuerySet[Report]:
    """Reports asked for before a moment, oldest first."""
    return Report.objects.filter(asked_at__lt=before).order_by("asked_at", "pk")


def programmes_in(unit: Organisation) -> list[Programme]:
    """Programmes that somebody of `unit` takes part in, newest first. One statement."""
    return [programme for programme, _steps in figures.steps_by_programme(Organisation.objects.within(unit))]


def campaigns_in(unit: Organisation) -> list[Assignment]:
    """Assignments in the name of `unit` or of one below, newest first. One statement."""
    found = Assignment.objects.filter(organisation__in=Organisation.objects.within(unit))
    return list(found.select_related("programme", "organisation").order_by("-given_at", "-pk")[:MOST_ASSIGNMENTS])


def quarters(today: date) -> list[tuple[date, date]]:
    """The last quarters, the current one first: first and last day."""
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    found = []
    for _ in range(QUARTERS):
        after = (first + timedelta(days=93)).replace(day=1)
        found.append((first, after - timedelta(days=1)))
        first = (first - timedelta(days=62)).replace(day=1)
        first = date(first.year, 3 * ((first.month - 1) // 3) + 1, 1)
    return found


def content_of(report: Report, today: date) -> Content:
    """The figures of a report as they are now; what happened counts from its first to its last day."""
    unit = report.organisation
    people = _people(report)
    since, until = _moments(report)
    deeds = Deed.objects.filter(enrolment__in=people.values("pk"))
    letters = Letter.objects.filter(enrolment__in=people.values("pk"), signed_at__range=(since, until))
    parts = [_part(report, programme, steps, people, today) for programme, steps in _programmes(report, unit)]
    units = people.order_by().values("organisation_id").distinct().count()
    return Content(
        report=report,
        unit=unit,
        units_taking_part=units,
        parts=parts,
        letters=letters.exclude(state=LetterState.WITHDRAWN).count(),
        deeds=deeds.filter(state=DeedState.CONFIRMED, decided_at__range=(since, until)).count(),
        deeds_waiting=deeds.filter(state=DeedState.SUBMITTED).count(),
        written_on=today,
    )


def _moments(report: Report) -> tuple[datetime, datetime]:
    """Begin and end of the period."""
    return (
        timezone.make_aware(datetime.combine(report.from_on, time.min)),
        timezone.make_aware(datetime.combine(report.until_on, time.max)),
    )


def _people(report: Report) -> QuerySet[Enrolment]:
    """The enrolments that the report is about."""
    found = Enrolment.objects.filter(state=EnrolmentState.ACTIVE)
    if report.scope == ReportScope.CAMPAIGN:
        return found.filter(assignment=report.assignment_id)
    found = found.filter(organisation__in=Organisation.objects.within(report.organisation))
    return found.filter(programme=report.programme_id) if report.programme_id else found


def _programmes(report: Report, unit: Organisation) -> list[tuple[Programme, list[Step]]]:
    """The programmes of the report: those that ran in the period, each with its steps."""
    known = figures.steps_by_programme(Organisation.objects.within(unit))
    if report.programme_id:
        return [(p, steps) for p, steps in known if p.pk == report.programme_id]
    return [(p, s) for p, s in known if p.opens_on <= report.until_on and p.closes_on >= report.from_on]


def _part(report: Report, programme: Programme, steps: list[Step], everybody: QuerySet[Enrolment], today: date) -> Part:
    """The figures of one programme: as they are kept, or for a campaign counted from its enrolments."""
    unit = report.organisation
    people = everybody.filter(programme=programme)
    if report.scope == ReportScope.CAMPAIGN:
        found = _counted(people, steps, unit)
    else:
        found = figures.read(programme, Organisation.objects.within(unit), min(today, report.until_on))
    found.apart = [path for path in found.apart if path != unit.path]
    children = list(Organisation.objects.filter(parent=unit, closed_on=None).order_by("order", "path"))
    total, rows = heat(unit, children, found, steps)
    since, until = _moments(report)
    fresh = StepCompletion.objects.filter(enrolment__in=people.values("pk"), completed_at__range=(since, until))
    return Part(
        programme=programme,
        steps=steps,
        total=total,
        rows=rows,
        left_out=found.left_out,
        weeks=found.weeks,
        fresh=dict(fresh.order_by().values_list("step_id").annotate(n=Count("pk"))),
        finished_fresh=people.filter(finished_at__range=(since, until)).count(),
        overdue=people.filter(finished_at=None, outlook=Outlook.OVERDUE).count(),
    )


def _counted(people: QuerySet[Enrolment], steps: Sequence[Step], unit: Organisation) -> figures.Figures:
    """The figures of single enrolments, in the shape of the stored ones."""
    found = figures.Figures()
    finished = Q(finished_at__isnull=False)
    sums = (
        people.order_by()
        .values_list("organisation__path")
        .annotate(
            every=Count("pk"),
            through=Count("pk", filter=finished),
            late=Count("pk", filter=~finished & Q(outlook__gte=Outlook.DOUBTFUL)),
        )
    )
    for path, *counts in sums:
        tally = found.by_path.setdefault(path, Counter())
        for measure, n in zip((Measure.ENROLLED, Measure.FINISHED, Measure.DOUBTFUL), counts, strict=True):
            tally[measure.value, None] = n
    done = StepCompletion.objects.filter(enrolment__in=people.values("pk")).order_by()
    by_step = done.values_list("enrolment__organisation__path", "step_id").annotate(n=Count("pk"))
    for path, step, n in by_step:
        found.by_path.setdefault(path, Counter())[Measure.STEP.value, step] = n
    paths = dict(Organisation.objects.filter(path__in=list(found.by_path)).values_list("pk", "path"))
    exams = [step.pk for step in steps if step.kind == StepKind.EXAM]
    for (step_id, organisation, word), n in derived(exams, people).items():
        found.by_path[paths[organisation] or ""][word, step_id] = n
    found.weeks = _weeks(people)
    below = Organisation.objects.within(unit).filter(is_participating=False)
    found.apart = [path for path in below.values_list("path", flat=True) if path]
    return found


def _weeks(people: QuerySet[Enrolment]) -> list[Week]:
    """How many were through at the end of each of the last weeks in which somebody finished."""
    every = people.count()
    by_day: Any = people.exclude(finished_at=None).order_by().values_list("finished_at__date")
    weeks: Counter[date] = Counter()
    for day, n in by_day.annotate(n=Count("pk")):
        weeks[day - timedelta(days=day.weekday())] += n
    found, through = [], 0
    for week in sorted(weeks):
        through += weeks[week]
        found.append(Week(week, every, through))
    return found[-figures.WEEKS :]
