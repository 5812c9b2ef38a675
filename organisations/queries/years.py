"""What a new school year would do to a school."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count

from organisations.importers.years import grade_number, leaves, raised_class, raised_grade
from organisations.models import Kind, Membership, Organisation, Role, SchoolYearTurn
from organisations.queries.tree import sibling_key

UP, LEAVE, STAY = "up", "leave", "stay"


@dataclass(slots=True)
class GradePlan:
    """One grade: what happens to it, what it and its classes are called then, and how many pupils it has."""

    grade: Organisation
    what: str
    new_name: str
    classes: list[tuple[Organisation, str]] = field(default_factory=list)
    pupils: int = 0


def year_plan(school: Organisation, decisions: dict[int, str] | None = None) -> list[GradePlan]:
    """Every grade, the lowest first. `decisions` say {grade: up, leave or stay}; else the last grade leaves. Three
    statements."""
    found = Organisation.objects.within(school).filter(closed_on=None, kind__in=[Kind.GRADE, Kind.CLASS])
    units = sorted(found, key=lambda unit: sibling_key(unit.order, unit.name, unit.pk))
    grades = sorted((u for u in units if u.kind == Kind.GRADE), key=lambda u: (grade_number(u.name) or 99, u.order))
    classes: defaultdict[int | None, list[Organisation]] = defaultdict(list)
    for unit in units:
        if unit.kind == Kind.CLASS:
            classes[unit.parent_id].append(unit)
    members = Membership.objects.current().filter(organisation__in=units, role=Role.MEMBER, is_home=True)
    pupils = dict(members.order_by().values_list("organisation").annotate(n=Count("pk")))
    numbers = [number for unit in grades if (number := grade_number(unit.name)) is not None]
    highest = max(numbers, default=None)
    plans = []
    for grade in grades:
        number = grade_number(grade.name)
        usual = LEAVE if leaves(number, school.stage, highest) else UP if number is not None else STAY
        what = (decisions or {}).get(grade.pk, usual)
        own = classes[grade.pk]
        count = sum(pupils.get(unit.pk, 0) for unit in [grade, *own])
        renamed = [(u, raised_class(u.name, number) if what == UP and number else u.name) for u in own]
        plans.append(GradePlan(grade, what, raised_grade(grade.name) if what == UP else grade.name, renamed, count))
    return plans


def newest_turn(school: Organisation) -> SchoolYearTurn | None:
    """The newest new year that was not taken back."""
    return SchoolYearTurn.objects.filter(school=school, undone_at=None).order_by("-pk").first()
