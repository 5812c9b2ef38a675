"""What a paper can draw, and by which rules an enrolment may sit it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Now

from exams.models import (
    Attempt,
    AttemptState,
    Blueprint,
    BlueprintSection,
    ExtraAttempt,
    ItemType,
    ItemVersion,
    Paper,
    PaperItem,
    PaperStep,
    VersionState,
)
from exams.sampling import Candidate, CannotFill, Section, Shortage, draw


@dataclass(frozen=True, slots=True)
class Rules:
    """How one enrolment stands to the paper of one step, at the database's `now`."""

    paper: Paper
    now: datetime
    used: int
    extra: int
    last_number: int
    open_attempt_id: int | None
    has_fixed: bool

    @property
    def left(self) -> int:
        """Attempts left."""
        return max(0, self.paper.attempts_allowed + self.extra - self.used)


def _count(queryset: object) -> Coalesce:
    return Coalesce(Subquery(queryset, output_field=IntegerField()), Value(0))  # type: ignore[arg-type]


def rules_of(*, step_id: int, enrolment_id: int) -> Rules | None:
    """The rules, or None if no paper is set for the step. One statement."""
    attempts = Attempt.objects.filter(enrolment_id=enrolment_id, paper=OuterRef("paper")).order_by()
    counted = attempts.exclude(state=AttemptState.VOID).values("paper").annotate(n=Count("pk")).values("n")
    grants = ExtraAttempt.objects.filter(enrolment_id=enrolment_id, paper=OuterRef("paper")).order_by()
    row = (
        PaperStep.objects.filter(step_id=step_id)
        .select_related("paper")
        .annotate(
            now=Now(),
            used=_count(counted),
            extra=_count(grants.values("paper").annotate(n=Count("pk")).values("n")),
            last_number=_count(attempts.order_by("-number").values("number")[:1]),
            has_fixed=Exists(PaperItem.objects.filter(paper=OuterRef("paper"))),
            open_attempt_id=Subquery(attempts.filter(state=AttemptState.OPEN).values("pk")[:1]),
        )
        .first()
    )
    if row is None:
        return None
    return Rules(row.paper, row.now, row.used, row.extra, row.last_number, row.open_attempt_id, row.has_fixed)


def sections_of(blueprint: Blueprint | int) -> list[Section]:
    """The cells of a blueprint in order. One statement."""
    rows = BlueprintSection.objects.filter(blueprint=blueprint).select_related("point").order_by("sort_order", "pk")
    return [
        Section(r.bank_id, r.point.path if r.point else "", r.type, r.difficulty, r.count, str(r.points)) for r in rows
    ]


def pool_for(sections: Sequence[Section]) -> list[Candidate]:
    """Every ready version that fits one of the cells. One statement."""
    wanted = Q(pk__in=[])
    for section in sections:
        cell = Q(item__bank_id=section.bank_id)
        if section.path:
            cell &= Q(item__point__path__startswith=section.path)
        if section.item_type:
            cell &= Q(item__type=section.item_type)
        if section.difficulty:
            cell &= Q(item__difficulty=section.difficulty)
        wanted |= cell
    rows = ItemVersion.objects.filter(wanted, state=VersionState.READY).values_list(
        "pk", "item_id", "item__bank_id", "item__type", "item__difficulty", "item__point__path"
    )
    return [Candidate(pk, item, bank, kind, hard, path or "") for pk, item, bank, kind, hard, path in rows]


def fixed_items(paper: Paper) -> list[tuple[int, int, str]]:
    """`(version id, item id, points)` of the fixed items that are ready, in order. One statement."""
    rows = (
        PaperItem.objects.filter(paper=paper, item__versions__state=VersionState.READY)
        .order_by("sort_order", "pk")
        .values_list("item__versions__pk", "item_id", "points")
    )
    return [(version, item, str(points)) for version, item, points in rows]


def drill_pool(paper: Paper) -> list[int]:
    """Ids of the ready versions that a drill asks: the fixed items and everything its cells let through."""
    found = [version for version, _item, _points in fixed_items(paper)]
    if paper.blueprint_id:
        found += [c.version_id for c in pool_for(sections_of(paper.blueprint_id)) if c.item_type != ItemType.SURVEY]
    return list(dict.fromkeys(found))


def feasibility(blueprint: Blueprint) -> list[Shortage]:
    """The cells that the bank cannot fill today; an empty list means that a paper can be drawn."""
    sections = sections_of(blueprint)
    try:
        draw("00" * 16, sections, pool_for(sections))
    except CannotFill as short:
        return short.shortages
    return []
