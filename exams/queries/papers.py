"""What a drill can ask, and what is arranged for an exam."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from exams.models import ExtraAttempt, ItemType, ItemVersion, Paper, Session, SittingRules
from exams.queries.pool import ready_of, versions_in
from exams.queries.recipes import plan_for, recipe_of


def drill_pool(paper: Paper) -> list[int]:
    """Ids of the ready versions that a drill asks: the fixed items and everything its sections let through.

    Without ratings, which have no right answer, and without what a person marks: a drill answers at once.
    """
    plan = plan_for(paper)
    fixed = ready_of(item for item, _points in plan["fixed"])
    found = [fixed[item][0] for item, _points in plan["fixed"] if item in fixed]
    written = list(found)
    if plan["sections"]:
        recipe = recipe_of(plan)
        cells = [cell for group in recipe.groups for cell in group.cells if cell.item_type != ItemType.SURVEY]
        found += [version for version, item in versions_in(cells) if item not in recipe.barred]
        by_hand = [cell for cell in cells if cell.item_type in (ItemType.SHORT, ItemType.SCENARIO)]
        written += [version for version, _item in versions_in(by_hand)]
    left_out = set(_marked_by_hand(written)) if written else set()
    return [version for version in dict.fromkeys(found) if version not in left_out]


def askable(paper: Paper) -> list[int]:
    """Ids of the ready versions that a paper may ask: the fixed items and everything its sections let through."""
    plan = plan_for(paper)
    fixed = ready_of(item for item, _points in plan["fixed"])
    found = [version for version, _cell in fixed.values()]
    if plan["sections"]:
        recipe = recipe_of(plan)
        cells = [cell for group in recipe.groups for cell in group.cells]
        found += [version for version, item in versions_in(cells) if item not in recipe.barred]
    return sorted(set(found))


def _marked_by_hand(versions: Sequence[int]) -> QuerySet[ItemVersion, int]:
    """Those of `versions` that somebody has to read."""
    return ItemVersion.objects.filter(pk__in=versions, content__by_hand=True).values_list("pk", flat=True)


@dataclass(frozen=True, slots=True)
class Arranged:
    """What is arranged for sitting a paper: the primary key of its rules, if it has any, and how many of the rest."""

    rules: int | None
    sessions: int
    grants: int


def arranged_for(paper: Paper) -> Arranged:
    """Rules, sessions, make-ups and deferrals of a paper. Three statements."""
    rules = SittingRules.objects.filter(paper=paper).values_list("pk", flat=True).first()
    sessions = Session.objects.filter(paper=paper).count()
    return Arranged(rules, sessions, ExtraAttempt.objects.filter(paper=paper).count())
