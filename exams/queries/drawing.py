"""Whole papers: one at a start, or many at once. Reads only; the actions store what comes out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from exams.models import Paper
from exams.queries.pool import least_seen, ready_of
from exams.queries.recipes import Plan, plan_for, recipe_for, recipe_of
from exams.sampling import CannotFill, Cell, Deck, Portions, Recipe, Row, compose, portions, shortages

DrawnPaper = list[list[Any]]  # [[version id, "points"], …] as Attempt.drawn stores it


def _chance(seed: str) -> Random:
    return Random(int(seed, 16))  # noqa: S311  # repeatable on purpose; the seed itself is from `secrets`


def draw_one(paper: Paper, seed: str) -> DrawnPaper:
    """One published paper: the fixed items, then the sections, least seen items first.

    One statement, two with fixed items; three more when this process has not drawn the paper for half a minute or
    the bank has shrunk since. Raises CannotFill.
    """
    plan = plan_for(paper)
    drawn = _fixed(plan, _fixed_versions(plan))
    if not plan["sections"]:
        return drawn
    try:
        return drawn + _drawn(recipe_for(paper), seed)
    except CannotFill:  # the recipe may be older than the bank
        return drawn + _drawn(recipe_for(paper, fresh=True), seed)


def _drawn(recipe: Recipe, seed: str) -> DrawnPaper:
    parts = portions(seed, recipe)
    wanted = parts.cells()
    rows = least_seen(recipe, wanted, _chance(seed))
    if any(len(rows[cell]) < count for cell, count in wanted.items()):
        raise CannotFill(shortages(recipe))
    return [[version, points] for version, points in compose(seed, recipe, parts, rows)]


def draw_many(plan: Plan, seeds: Sequence[str]) -> list[DrawnPaper]:
    """A paper for each seed. Items are dealt like cards, those seen least first, so that papers overlap as little as
    the bank allows. A handful of statements for any number of papers. Raises CannotFill.
    """
    fixed = _fixed_versions(plan)
    if not plan["sections"] or not seeds:
        return [_fixed(plan, fixed) for _seed in seeds]
    recipe = recipe_of(plan)
    parts = [portions(seed, recipe) for seed in seeds]
    hands = _hands(recipe, parts, _chance(seeds[0]))
    return [
        _fixed(plan, fixed) + [[version, points] for version, points in compose(seed, recipe, part, hand)]
        for seed, part, hand in zip(seeds, parts, hands, strict=True)
    ]


def _hands(recipe: Recipe, parts: Sequence[Portions], chance: Random) -> list[Mapping[Cell, list[Row]]]:
    total: Counter[Cell] = Counter()
    most: dict[Cell, int] = {}
    for part in parts:
        for cell, count in part.cells().items():
            total[cell] += count
            most[cell] = max(most.get(cell, 0), count)
    rows = least_seen(recipe, total, chance)
    if any(len(rows[cell]) < count for cell, count in most.items()):
        raise CannotFill(shortages(recipe))
    decks = {cell: Deck(rows[cell], chance) for cell in total}
    return [{cell: decks[cell].deal(count) for cell, count in part.cells().items()} for part in parts]


def _fixed_versions(plan: Plan) -> dict[int, int]:
    """{item: ready version} of the fixed items. One statement, none without fixed items."""
    items = [item for item, _points in plan["fixed"]]
    return {item: version for item, (version, _cell) in ready_of(items).items()} if items else {}


def _fixed(plan: Plan, versions: Mapping[int, int]) -> DrawnPaper:
    """The fixed items that are ready, in their order."""
    return [[versions[item], points] for item, points in plan["fixed"] if item in versions]
