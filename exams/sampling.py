"""Drawing a paper from a bank. Pure and repeatable: the same seed, pool and sections give the same paper.

Everything is ordered by SHA-256(seed || id), which any language can replay. The seed is 32 hex digits (128 bits).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Id = TypeVar("Id", int, str)


def rank(seed: str, thing: int | str) -> bytes:
    """The place of `thing` under `seed`: SHA-256 of the seed's bytes followed by the id as text."""
    return hashlib.sha256(bytes.fromhex(seed) + str(thing).encode()).digest()


def shuffled(seed: str, ids: Iterable[Id]) -> list[Id]:
    """`ids` in the order that `seed` gives them."""
    return sorted(ids, key=lambda thing: rank(seed, thing))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ready version in the pool. `path` is the knowledge point's place in the tree ("3/17/"), empty for none."""

    version_id: int
    item_id: int
    bank_id: int
    item_type: str
    difficulty: int
    path: str


@dataclass(frozen=True, slots=True)
class Section:
    """One cell of a blueprint. None or "" lets everything through."""

    bank_id: int
    path: str
    item_type: str
    difficulty: int | None
    count: int
    points: str

    def takes(self, candidate: Candidate) -> bool:
        """True if `candidate` fits this cell."""
        return (
            candidate.bank_id == self.bank_id
            and candidate.path.startswith(self.path)
            and self.item_type in ("", candidate.item_type)
            and self.difficulty in (None, candidate.difficulty)
        )


@dataclass(frozen=True, slots=True)
class Shortage:
    """A cell that the bank cannot fill: its number from 1, how many it wants and how many there are for it."""

    section: int
    wanted: int
    available: int


class CannotFill(ValueError):
    """The pool is too small for the sections."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = list(shortages)
        super().__init__(", ".join(f"section {s.section}: {s.available} of {s.wanted}" for s in shortages))


Drawn = list[tuple[int, str]]


def draw(seed: str, sections: Sequence[Section], pool: Sequence[Candidate], *, taken: Iterable[int] = ()) -> Drawn:
    """Draw `(version id, points)` for each section in order; no item twice, none whose item id is in `taken`.

    Narrow cells are filled first, so that a wide cell does not eat what only they can use.
    Raises CannotFill with every cell that stays short.
    """
    ordered = sorted(pool, key=lambda c: rank(seed, c.version_id))
    used = set(taken)
    chosen: dict[int, Drawn] = {}
    short: list[Shortage] = []
    sizes = {n: sum(map(section.takes, ordered)) - section.count for n, section in enumerate(sections)}
    for n in sorted(sizes, key=lambda n: (sizes[n], n)):
        section = sections[n]
        fitting = [c for c in ordered if c.item_id not in used and section.takes(c)]
        if len(fitting) < section.count:
            short.append(Shortage(n + 1, section.count, len(fitting)))
            continue
        used.update(c.item_id for c in fitting[: section.count])
        chosen[n] = [(c.version_id, section.points) for c in fitting[: section.count]]
    if short:
        raise CannotFill(sorted(short, key=lambda s: s.section))
    return [pair for n in range(len(sections)) for pair in chosen[n]]


def next_in_drill(seed: str, version_ids: Sequence[int], asked: Sequence[int]) -> int:
    """The next question of a drill: what was asked least often, then in the seed's order, never the same twice running.

    Raises CannotFill if there is nothing to ask.
    """
    if not version_ids:
        raise CannotFill([Shortage(1, 1, 0)])
    fresh = [v for v in version_ids if not asked or v != asked[-1]] or list(version_ids)
    return min(fresh, key=lambda v: (asked.count(v), rank(seed, v)))
