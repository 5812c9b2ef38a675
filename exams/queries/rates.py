"""Participation, pass and excellence rates of units. Units that do not take part stay out of every denominator.

What a programme knows (who is enrolled, who has completed the step) is handed in by `exams.steps`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Case, Exists, F, FloatField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Cast

from exams.models import Attempt, AttemptKind, AttemptState, Score
from organisations.models import Organisation
from organisations.queries import led_by

FEW = 5  # below so many participants an excellence rate or an average would tell a person's score


@dataclass(slots=True)
class Rates:
    """The figures of one unit with all below it. Percentages are None where nobody could have done it."""

    enrolled: int = 0
    took_part: int = 0
    passed: int = 0
    excellent: int = 0
    sat_first: int = 0
    passed_first: int = 0
    scored: int = 0
    percent_sum: float = 0.0

    def add(self, other: "Rates") -> None:
        """Take another unit's people in."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def participation(self) -> float | None:
        """Of those who should."""
        return _percent(self.took_part, self.enrolled)

    @property
    def pass_rate(self) -> float | None:
        """Of those who took part."""
        return _percent(self.passed, self.took_part)

    @property
    def excellence_rate(self) -> float | None:
        """Of those who took part; not told of a few people."""
        return _percent(self.excellent, self.took_part) if self.took_part >= FEW else None

    @property
    def first_time_rate(self) -> float | None:
        """Passed at the first regular attempt, of those who have its result. Never changes with a later attempt."""
        return _percent(self.passed_first, self.sat_first)

    @property
    def average(self) -> float | None:
        """Mean of the best results in per cent; only for those who may see scores."""
        return round(self.percent_sum / self.scored, 1) if self.scored else None


def _percent(part: int, of: int) -> float | None:
    return round(100 * part / of, 1) if of else None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit below the one that is looked at. `rates` is None if it does not take part."""

    unit: Organisation
    rates: Rates | None


@dataclass(frozen=True, slots=True)
class UnitRates:
    """A unit, its figures, and those of the units right below it. `left_out` counts people of units that do not
    take part."""

    unit: Organisation
    rates: Rates
    below: list[UnitRow] = field(default_factory=list)
    left_out: int = 0


def units_seen_by(user: Any) -> QuerySet[Organisation]:
    """The units whose figures `user` may see: those they lead; all for who may see scores."""
    everything: QuerySet[Organisation] = Organisation.objects.all()
    return everything if user.has_perm("exams.view_scores") else led_by(user)


def highest(units: QuerySet[Organisation]) -> list[Organisation]:
    """Those of `units` that do not lie below another of them. One statement."""
    found: list[Organisation] = []
    for unit in units.filter(path__isnull=False).order_by("path"):
        if not any((unit.path or "").startswith(top.path or "") for top in found):
            found.append(unit)
    return found


def rates_of(
    unit: Organisation, *, people: QuerySet[Any], done: QuerySet[Any], step_id: int, excellence: int
) -> UnitRates:
    """The figures of a step for `unit` and the units right below it. Four statements.

    `people` are the enrolments of the programme, `done` those who have completed the step.
    """
    absent = list(Organisation.objects.filter(is_participating=False).values_list("path", flat=True))
    below = list(Organisation.objects.filter(parent=unit).order_by("order", "path"))
    totals = {each.pk: Rates() for each in below}
    whole, left_out = Rates(), 0
    rows = _people(people.filter(organisation__path__startswith=unit.path), done, step_id)
    for path, *facts in rows.iterator():
        if _is_below(path, absent):
            left_out += 1
            continue
        one = _person(*facts, excellence=excellence)
        whole.add(one)
        for each in below:
            if path.startswith(each.path):
                totals[each.pk].add(one)
    taking_part = {each.pk: not _is_below(each.path or "", absent) for each in below}
    units = [UnitRow(each, totals[each.pk] if taking_part[each.pk] else None) for each in below]
    return UnitRates(unit, whole, units, left_out)


def _is_below(path: str, roots: Iterable[str | None]) -> bool:
    return any(path.startswith(root) for root in roots if root)


def _people(people: QuerySet[Any], done: QuerySet[Any], step_id: int) -> QuerySet[Any]:
    """Per enrolment: path of the unit, taken part, passed, best result, whether the first attempt passed."""
    attempts = Attempt.objects.filter(enrolment=OuterRef("pk"), step=step_id)
    handed_in = attempts.filter(state__in=[AttemptState.SUBMITTED, AttemptState.MARKING])
    newest = Score.objects.filter(attempt=OuterRef("pk")).order_by("-run")
    share = Case(
        When(max_points__gt=0, then=Cast("points", FloatField()) * 100.0 / Cast("max_points", FloatField())),
        default=0.0,
    )
    percent = Subquery(newest.annotate(share=share).values("share")[:1], output_field=FloatField())
    scored = attempts.filter(state=AttemptState.SUBMITTED)
    best = scored.annotate(percent=percent).order_by(F("percent").desc(nulls_last=True)).values("percent")[:1]
    facts: QuerySet[Any] = people.annotate(
        took_part=Exists(handed_in),
        is_done=Exists(done.filter(enrolment_id=OuterRef("pk"))),
        best=Subquery(best, output_field=FloatField()),
        # The first one, be it still in marking (`passed` is None then): a later one, scored sooner, never stands in.
        first=Subquery(handed_in.filter(kind=AttemptKind.REGULAR).order_by("number").values("passed")[:1]),
    ).values_list("organisation__path", "took_part", "is_done", "best", "first")
    return facts


def _person(took_part: bool, is_done: bool, best: float | None, first: bool | None, *, excellence: int) -> Rates:
    return Rates(
        enrolled=1,
        took_part=int(took_part),
        passed=int(is_done),
        excellent=int(best is not None and best >= excellence),
        sat_first=int(first is not None),
        passed_first=int(bool(first)),
        scored=int(best is not None),
        percent_sum=best or 0.0,
    )


def not_yet(unit: Organisation, *, people: QuerySet[Any], done: QuerySet[Any], step_id: int) -> QuerySet[Any]:
    """Who of a unit and below has not passed yet, in the order of the tree, with `begun`. Units that do not take
    part are left out."""
    absent = list(Organisation.objects.filter(is_participating=False).values_list("path", flat=True))
    begun = Attempt.objects.filter(enrolment=OuterRef("pk"), step=step_id).exclude(state=AttemptState.VOID)
    found = people.filter(organisation__path__startswith=unit.path).exclude(pk__in=done.values("enrolment_id"))
    for path in absent:
        found = found.exclude(organisation__path__startswith=path)
    rows: QuerySet[Any] = found.annotate(begun=Exists(begun)).select_related("user", "organisation")
    return rows.order_by("organisation__path", "user__name", "pk")


def may_see(user: AbstractBaseUser, code: str) -> Organisation | None:
    """The unit with this code if `user` may see its figures. One or two statements."""
    return units_seen_by(user).filter(code=code).first()
