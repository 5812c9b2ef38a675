"""Ten papers as they would be handed out: how much two of them share, and how difficult they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from exams.models import ItemVersion
from exams.queries.drawing import DrawnPaper, draw_many
from exams.queries.recipes import Plan

PAPERS = 10
LEVELS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Spread:
    """One paper: how many items of each difficulty from 1 to 5, and their mean."""

    number: int
    counts: list[int]
    mean: float

    @property
    def bars(self) -> list[tuple[int, int, int, int]]:
        """`(level, items, from, height)` of a column of a hundred units, the easiest at the bottom."""
        total, done, found = sum(self.counts) or 1, 0, []
        for level, count in zip(LEVELS, self.counts, strict=True):
            upper = round(100 * (done + count) / total)
            lower = round(100 * done / total)
            done += count
            found.append((level, count, 100 - upper, upper - lower))
        return found


@dataclass(frozen=True, slots=True)
class Preview:
    """`overlap[a][b]` is the share of paper a's items that paper b asks too, in per cent; a paper with itself is None.

    `different` is how many items the ten ask together, `asked` how many places they have.
    """

    spreads: list[Spread]
    overlap: list[list[int | None]]
    mean_overlap: float
    most_overlap: int
    different: int
    asked: int


def preview_of(plan: Plan, seeds: Sequence[str] = ()) -> Preview:
    """Draw ten papers, dealt as prepared papers are, and compare them. Nothing is stored. Raises CannotFill."""
    papers = draw_many(plan, seeds or [token_hex(16) for _ in range(PAPERS)])
    sets = [{version for version, _points in drawn} for drawn in papers]
    overlap = [[None if a is b else _share(a, b) for b in sets] for a in sets]
    shares = [share for row in overlap for share in row if share is not None]
    return Preview(
        spreads=_spreads(papers),
        overlap=overlap,
        mean_overlap=sum(shares) / len(shares) if shares else 0.0,
        most_overlap=max(shares, default=0),
        different=len(set().union(*sets)),
        asked=sum(map(len, sets)),
    )


def _share(one: set[int], other: set[int]) -> int:
    return round(100 * len(one & other) / len(one)) if one else 0


def _spreads(papers: Sequence[DrawnPaper]) -> list[Spread]:
    ids = {version for drawn in papers for version, _points in drawn}
    levels = dict(ItemVersion.objects.filter(pk__in=ids).values_list("pk", "item__difficulty"))
    found = []
    for number, drawn in enumerate(papers, 1):
        counts = Counter(levels[version] for version, _points in drawn)
        mean = sum(level * n for level, n in counts.items()) / (counts.total() or 1)
        found.append(Spread(number, [counts[level] for level in LEVELS], mean))
    return found
