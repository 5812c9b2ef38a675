"""Drawing papers from a bank. Pure and repeatable: the same seed, recipe and rows give the same paper.

A *cell* is what a section can tell apart: bank, type, difficulty, audience, language and knowledge point. How many
items stand in each cell is all that a draw and the feasibility check need to know; which items is asked afterwards,
a few rows per cell. So neither depends on the size of the bank.

Orders that a learner sees (questions, options) are SHA-256(seed || id), which any language can replay. The seed is
32 hex digits (128 bits).
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import TypeVar

Id = TypeVar("Id", int, str)
UNSCORED = "survey"
SEPARATOR = "|"


def rank(seed: str, thing: int | str) -> bytes:
    """The place of `thing` under `seed`: SHA-256 of the seed's bytes followed by the id as text."""
    return hashlib.sha256(bytes.fromhex(seed) + str(thing).encode()).digest()


def shuffled(seed: str, ids: Iterable[Id]) -> list[Id]:
    """`ids` in the order that `seed` gives them."""
    return sorted(ids, key=lambda thing: rank(seed, thing))


@dataclass(frozen=True, slots=True)
class Cell:
    """Items that no section can tell apart. `path` is the knowledge point's place ("3/17/"), empty for none."""

    bank_id: int
    item_type: str
    difficulty: int
    audience: str
    language: str
    path: str

    @property
    def text(self) -> str:
        """How the pool stores it, beside the bank."""
        return SEPARATOR.join((self.item_type, str(self.difficulty), self.audience, self.language, self.path))

    @classmethod
    def read(cls, bank_id: int, text: str) -> "Cell":
        """The cell whose `text` is this."""
        item_type, difficulty, audience, language, path = text.split(SEPARATOR)
        return cls(bank_id, item_type, int(difficulty), audience, language, path)


@dataclass(frozen=True, slots=True)
class Section:
    """One line of a blueprint. None or "" lets everything through, but never a rating among scored items."""

    bank_id: int
    path: str
    item_type: str
    difficulty: int | None
    count: int
    points: str
    audience: str = ""
    language: str = ""

    def takes(self, cell: Cell) -> bool:
        """True if items of `cell` fit this section."""
        return (
            cell.bank_id == self.bank_id
            and cell.path.startswith(self.path)
            and (cell.item_type == self.item_type if self.item_type else cell.item_type != UNSCORED)
            and self.difficulty in (None, cell.difficulty)
            and self.audience in ("", cell.audience)
            and self.language in ("", cell.language)
        )


@dataclass(frozen=True, slots=True)
class Shortage:
    """Sections (numbers from 1) that together want more than there is: `available` items fit at least one of them.

    More than one number: they compete for the same items, and no choice among these serves all of them.
    """

    sections: tuple[int, ...]
    wanted: int
    available: int


class CannotFill(ValueError):
    """The bank has too little for the sections."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = list(shortages)
        super().__init__(", ".join(f"sections {s.sections}: {s.available} of {s.wanted}" for s in shortages))


@dataclass(frozen=True, slots=True)
class Group:
    """Cells that the same sections take. `bounds` are the running totals of their room."""

    sections: tuple[int, ...]
    cells: tuple[Cell, ...]
    bounds: tuple[int, ...]

    @property
    def room(self) -> int:
        """How many items may be drawn from it."""
        return self.bounds[-1]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that a draw needs besides the rows. `barred` are items that must not be drawn (they are fixed, or
    excluded), counted per cell in `barred_in`. `in_order`: questions stand in the bank's order, not shuffled."""

    sections: tuple[Section, ...]
    groups: tuple[Group, ...]
    barred: frozenset[int] = frozenset()
    barred_in: Mapping[Cell, int] = field(default_factory=dict)
    in_order: bool = False


def grouped(sections: Sequence[Section], rooms: Mapping[Cell, int]) -> tuple[Group, ...]:
    """The cells with room that some section takes, by which sections take them."""
    found: dict[tuple[int, ...], list[Cell]] = {}
    for cell, room in rooms.items():
        takers = tuple(n for n, section in enumerate(sections) if section.takes(cell)) if room > 0 else ()
        if takers:
            found.setdefault(takers, []).append(cell)
    return tuple(
        Group(takers, tuple(cells), tuple(accumulate(rooms[cell] for cell in cells)))
        for takers, cells in sorted(found.items())
    )


class _Flow:
    """How many items each section takes from each group: a flow that grows until nothing more fits."""

    def __init__(self, recipe: Recipe) -> None:
        self.wants = [section.count for section in recipe.sections]
        self.free = [group.room for group in recipe.groups]
        self.fits: list[list[int]] = [[] for _ in self.wants]
        for g, group in enumerate(recipe.groups):
            for s in group.sections:
                self.fits[s].append(g)
        self.taken: list[dict[int, int]] = [{} for _ in self.wants]

    def take(self, s: int, g: int, count: int) -> None:
        """Section `s` takes `count` more from group `g`."""
        self.taken[s][g] = self.taken[s].get(g, 0) + count
        self.free[g] -= count

    def fill(self, s: int, chance: Random) -> None:
        """Give section `s` what is free, every free item with the same chance."""
        bounds = list(accumulate(self.free[g] for g in self.fits[s]))
        total = bounds[-1] if bounds else 0
        for place in chance.sample(range(total), min(self.wants[s], total)):
            self.take(s, self.fits[s][bisect_right(bounds, place)], 1)

    def push(self, s: int) -> set[int]:
        """One more item for section `s`, others giving way if they can. Empty if it was found; else the sections that
        hold everything that `s` could have, `s` included (the violation of Hall's condition)."""
        came_from: dict[int, int] = {}  # group: the section that reached it
        gave: dict[int, int] = {}  # section: the group that it would give back
        seen, queue = {s}, [s]
        for section in queue:
            for g in self.fits[section]:
                if g in came_from:
                    continue
                came_from[g] = section
                if self.free[g]:
                    self._turn(s, g, came_from, gave)
                    return set()
                for other, taken in enumerate(self.taken):
                    if taken.get(g) and other not in seen:
                        seen.add(other)
                        gave[other] = g
                        queue.append(other)
        return seen

    def _turn(self, s: int, g: int, came_from: Mapping[int, int], gave: Mapping[int, int]) -> None:
        self.free[g] -= 1
        while True:
            section = came_from[g]
            self.taken[section][g] = self.taken[section].get(g, 0) + 1
            if section == s:
                return
            g = gave[section]
            self.taken[section][g] -= 1

    def missing(self, s: int) -> int:
        """How many items section `s` still wants."""
        return self.wants[s] - sum(self.taken[s].values())


def _flow(recipe: Recipe, chance: Random) -> tuple[_Flow, list[set[int]]]:
    """A random way to serve all sections, and the sets of sections that cannot all be served. Exact: maximum flow."""
    flow = _Flow(recipe)
    room = [sum(flow.free[g] for g in fits) for fits in flow.fits]
    for s in sorted(range(len(room)), key=lambda s: (room[s] - flow.wants[s], s)):
        flow.fill(s, chance)
    short: list[set[int]] = []
    for s in range(len(room)):
        while flow.missing(s) and not (rivals := flow.push(s)):
            pass
        if flow.missing(s):
            short.append(rivals)
    return flow, short


def shortages(recipe: Recipe) -> list[Shortage]:
    """Which sections cannot be filled, and which of them compete. Empty exactly when a paper can be drawn."""
    _found, sets = _flow(recipe, Random(0))  # noqa: S311  # which way does not matter here
    return _as_shortages(recipe, sets)


def _as_shortages(recipe: Recipe, sets: Sequence[set[int]]) -> list[Shortage]:
    merged: list[set[int]] = []
    for rivals in sets:
        together = set(rivals).union(*(m for m in merged if m & rivals))
        merged = [m for m in merged if not m & rivals] + [together]
    found = []
    for rivals in merged:
        available = sum(group.room for group in recipe.groups if rivals.intersection(group.sections))
        wanted = sum(recipe.sections[s].count for s in rivals)
        found.append(Shortage(tuple(sorted(s + 1 for s in rivals)), wanted, available))
    return sorted(found, key=lambda s: s.sections)


@dataclass(frozen=True, slots=True)
class Portions:
    """How much of one paper comes from where: per section and group, and per cell."""

    by_section: tuple[Mapping[int, int], ...]
    by_group: tuple[Mapping[Cell, int], ...]

    def cells(self) -> dict[Cell, int]:
        """How many items of each cell the paper needs."""
        return {cell: count for group in self.by_group for cell, count in group.items()}


def portions(seed: str, recipe: Recipe) -> Portions:
    """Decide where the items of one paper come from. Within what the sections allow, every item has the same chance.

    Raises CannotFill with every set of sections that cannot be served.
    """
    chance = Random(int(seed, 16))  # noqa: S311  # repeatable on purpose; the seed itself is from `secrets`
    flow, short = _flow(recipe, chance)
    if short:
        raise CannotFill(_as_shortages(recipe, short))
    by_group = []
    for g, group in enumerate(recipe.groups):
        counts: dict[Cell, int] = {}
        for place in chance.sample(range(group.room), group.room - flow.free[g]):
            cell = group.cells[bisect_right(group.bounds, place)]
            counts[cell] = counts.get(cell, 0) + 1
        by_group.append(counts)
    return Portions(tuple({g: n for g, n in taken.items() if n} for taken in flow.taken), tuple(by_group))


Row = tuple[int, int]  # version id, item id
Drawn = list[tuple[int, str]]


def compose(seed: str, recipe: Recipe, parts: Portions, rows: Mapping[Cell, Sequence[Row]]) -> Drawn:
    """`(version id, points)` of one paper in the order in which it is asked. `rows` has for each cell as many rows as
    the portions say; who gets which is up to the seed."""
    decks = [
        sorted((row for cell, n in counts.items() for row in rows[cell][:n]), key=lambda row: rank(seed, row[0]))
        for counts in parts.by_group
    ]
    drawn: Drawn = []
    for section, taken in zip(recipe.sections, parts.by_section, strict=True):
        own: list[Row] = []
        for g, count in sorted(taken.items()):
            own += decks[g][:count]
            del decks[g][:count]
        own.sort(key=lambda row: row[1]) if recipe.in_order else own.sort(key=lambda row: rank(seed, row[0]))
        drawn += [(version_id, section.points) for version_id, _item_id in own]
    return drawn


class Deck:
    """The rows of one cell, dealt to many papers like cards: nobody gets a row twice, and none comes again before
    every other has been dealt."""

    def __init__(self, rows: Sequence[Row], chance: Random) -> None:
        self.rows = list(rows)
        self.chance = chance
        self.left = list(reversed(self.rows))

    def deal(self, count: int) -> list[Row]:
        """The next `count` rows, all different; the deck must hold that many."""
        hand: dict[Row, None] = {}
        held: list[Row] = []
        while len(hand) < count:
            if not self.left:
                self.left = list(self.rows)
                self.chance.shuffle(self.left)
            row = self.left.pop()
            if row in hand:
                held.append(row)
            hand[row] = None
        self.left += reversed(held)
        return list(hand)


def next_in_drill(seed: str, version_ids: Sequence[int], asked: Sequence[int]) -> int:
    """The next question of a drill: what was asked least often, then in the seed's order, never the same twice running.

    Raises CannotFill if there is nothing to ask.
    """
    if not version_ids:
        raise CannotFill([Shortage((1,), 1, 0)])
    fresh = [v for v in version_ids if not asked or v != asked[-1]] or list(version_ids)
    return min(fresh, key=lambda v: (asked.count(v), rank(seed, v)))
