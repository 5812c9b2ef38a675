"""From a blueprint to what a draw needs: the plan (what is stored when a paper is published) and the recipe."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

from exams.models import (
    Audience,
    Bank,
    Blueprint,
    BlueprintSection,
    ItemType,
    KnowledgePoint,
    Language,
    Paper,
    PaperExclusion,
    PaperItem,
    PaperMode,
    PaperState,
    PreparedPaper,
)
from exams.queries.pool import ready_of, rooms
from exams.sampling import UNSCORED, Cell, Recipe, Section, Shortage, grouped, shortages

# How long a process goes on with what it knows of a published paper's cells. Rows are always read fresh: nothing that
# was retired is ever drawn. What was approved in the meantime waits so long to be drawn by this process.
FRESH_SECONDS = 30.0
REMEMBERED = 64


class PlannedSection(TypedDict):
    """One line of a blueprint, as a published paper keeps it."""

    bank: int
    point: int | None
    type: str
    difficulty: int | None
    audience: str
    language: str
    count: int
    points: str


class Plan(TypedDict):
    """What a paper draws. `fixed` is `[[item id, "points"], …]`."""

    sections: list[PlannedSection]
    fixed: list[list[Any]]
    without_items: list[int]
    without_points: list[int]
    shuffle: bool


def planned_section(row: BlueprintSection) -> PlannedSection:
    """A row of a blueprint, saved or not."""
    return {
        "bank": row.bank_id,
        "point": row.point_id,
        "type": row.type,
        "difficulty": row.difficulty,
        "audience": row.audience,
        "language": row.language,
        "count": row.count,
        "points": str(row.points),
    }


def sections_of(blueprint: Blueprint | int) -> list[PlannedSection]:
    """The lines of a blueprint in order. One statement."""
    rows = BlueprintSection.objects.filter(blueprint=blueprint).order_by("sort_order", "pk")
    return [planned_section(row) for row in rows]


def draft_plan(paper: Paper) -> Plan:
    """What the paper would draw if it were published now. Three statements."""
    fixed = PaperItem.objects.filter(paper=paper).order_by("sort_order", "pk").values_list("item_id", "points")
    without = PaperExclusion.objects.filter(paper=paper).order_by("pk").values_list("item_id", "point_id")
    pairs = list(without)
    return {
        "sections": sections_of(paper.blueprint_id) if paper.blueprint_id else [],
        "fixed": [[item, str(points)] for item, points in fixed],
        "without_items": [item for item, _point in pairs if item],
        "without_points": [point for _item, point in pairs if point],
        "shuffle": paper.shuffle and paper.mode == PaperMode.EXAM,
    }


def blank_plan(sections: Sequence[PlannedSection]) -> Plan:
    """A plan of these sections and nothing else."""
    return {
        "sections": list(sections),
        "fixed": [],
        "without_items": [],
        "without_points": [],
        "shuffle": True,
    }


def plan_for(paper: Paper) -> Plan:
    """The plan of a published paper, or what a draft would draw."""
    stored: Plan = paper.plan  # type: ignore[assignment]
    return stored if paper.state == PaperState.PUBLISHED else draft_plan(paper)


def recipe_of(plan: Plan) -> Recipe:
    """What a draw by this plan needs besides the rows. Two or three statements."""
    wanted = {s["point"] for s in plan["sections"] if s["point"]} | set(plan["without_points"])
    paths = dict(KnowledgePoint.objects.filter(pk__in=wanted).values_list("pk", "path")) if wanted else {}
    sections = tuple(
        Section(
            bank_id=s["bank"],
            path=paths[s["point"]] if s["point"] else "",
            item_type=s["type"],
            difficulty=s["difficulty"],
            count=s["count"],
            points=s["points"],
            audience=s["audience"],
            language=s["language"],
        )
        for s in plan["sections"]
    )
    without = tuple(paths[point] for point in plan["without_points"])
    room = {cell: n for cell, n in rooms(s.bank_id for s in sections).items() if not cell.path.startswith(without)}
    barred = {*(item for item, _points in plan["fixed"]), *plan["without_items"]}
    barred_in: Counter[Cell] = Counter(cell for _version, cell in ready_of(barred).values()) if barred else Counter()
    room = {cell: n - barred_in.get(cell, 0) for cell, n in room.items()}
    return Recipe(sections, grouped(sections, room), frozenset(barred), barred_in, not plan["shuffle"])


_remembered: dict[tuple[int, Any], tuple[float, Recipe]] = {}


def recipe_for(paper: Paper, *, fresh: bool = False) -> Recipe:
    """The recipe of a published paper, remembered by this process for half a minute unless it must be `fresh`."""
    key = (paper.pk, paper.published_at)
    now = time.monotonic()
    known = _remembered.get(key)
    if known and not fresh and now - known[0] < FRESH_SECONDS:
        return known[1]
    recipe = recipe_of(plan_for(paper))
    if len(_remembered) >= REMEMBERED:
        _remembered.clear()
    _remembered[key] = (now, recipe)
    return recipe


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a paper can be drawn, and where not.

    `shortages` as `exams.sampling` says; `unready` are the fixed items without a ready version; `rated` are those of
    an exam that nobody can be right or wrong about; `available` is how many items fit each section; `items` and
    `points` are the paper's totals.
    """

    shortages: list[Shortage]
    unready: list[int]
    rated: list[int]
    available: list[int]
    items: int
    points: Decimal

    @property
    def is_feasible(self) -> bool:
        """True if a paper can be drawn and asks anything at all."""
        return self.items > 0 and not (self.shortages or self.unready or self.rated)


def check_plan(plan: Plan, *, mode: str = PaperMode.EXAM) -> Check:
    """Whether the bank can fill this plan today. Exact: what is not named can be filled, all at the same time.

    A drill asks whatever its sections let through, as often as needed: it wants one item, not a number.
    """
    recipe = recipe_of(plan)
    fixed = [item for item, _points in plan["fixed"]]
    ready = ready_of(fixed) if fixed else {}
    available = [0] * len(recipe.sections)
    for group in recipe.groups:
        for s in group.sections:
            available[s] += group.room
    is_drill, is_exam = mode == PaperMode.DRILL, mode == PaperMode.EXAM
    return Check(
        shortages=[] if is_drill and any(available) else shortages(recipe),
        rated=[item for item, (_v, cell) in ready.items() if is_exam and cell.item_type == UNSCORED],
        unready=[item for item in fixed if item not in ready],
        available=available,
        items=len(fixed) + sum(s.count for s in recipe.sections),
        points=sum((Decimal(points) for _item, points in plan["fixed"]), Decimal(0))
        + sum((Decimal(s.points) * s.count for s in recipe.sections), Decimal(0)),
    )


def feasibility(blueprint: Blueprint) -> list[Shortage]:
    """What the bank cannot fill of a blueprint today; an empty list means that a paper can be drawn."""
    return check_plan(blank_plan(sections_of(blueprint))).shortages


def stock_of(paper: Paper) -> int:
    """How many papers lie ready. One statement."""
    return PreparedPaper.objects.filter(paper=paper).count()


def sections_in_words(plan: Plan, check: Check) -> list[dict[str, Any]]:
    """The lines of a plan for people to read, with what the bank has for each. Two statements."""
    banks = dict(Bank.objects.filter(pk__in={s["bank"] for s in plan["sections"]}).values_list("pk", "name"))
    named = {s["point"] for s in plan["sections"] if s["point"] is not None}
    points = dict(KnowledgePoint.objects.filter(pk__in=named).values_list("pk", "name"))
    short = {number for shortage in check.shortages for number in shortage.sections}
    return [
        {
            "number": number,
            "bank": banks[section["bank"]],
            "point": points.get(section["point"] or 0, ""),
            "type": dict(ItemType.choices).get(section["type"], ""),
            "difficulty": section["difficulty"],
            "audience": dict(Audience.choices).get(section["audience"], ""),
            "language": dict(Language.choices).get(section["language"], ""),
            "count": section["count"],
            "points": section["points"],
            "available": available,
            "is_short": number in short,
        }
        for number, (section, available) in enumerate(zip(plan["sections"], check.available, strict=True), 1)
    ]
