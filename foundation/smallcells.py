"""Small counts of people that could tell of single ones. Whatever is public passes through here.

A count below the threshold (`SMALL_CELL`, 5) is hidden, and so is what would give it away: in a row whose sum is shown,
one hidden cell is the sum minus the others. 0 is shown: it is no person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _


def least() -> int:
    """The smallest count that is shown."""
    number: int = settings.SMALL_CELL
    return number


def is_small(count: int) -> bool:
    """True for a count that is hidden."""
    return 0 < count < least()


def told(count: int) -> str:
    """One figure as the public reads it: the number, or that it is fewer than the threshold."""
    if is_small(count):
        return _("fewer than %(n)d") % {"n": least()}
    return formats.number_format(count, force_grouping=True)


@dataclass(frozen=True, slots=True)
class Table:
    """Cells that add up to a sum, None where hidden."""

    cells: tuple[int | None, ...]
    total: int | None


def suppressed(cells: Sequence[int], bases: Sequence[int] | None = None) -> Table:
    """Hide the small ones of `cells` and as many others, the smallest first, as it takes that nobody can work one out.

    `bases` are the people whom each cell is about, where that is not the cell itself: a rate of three people is hidden
    whatever it is. Hidden cells together are about at least the threshold, and are at least two; where that cannot be
    reached the sum is hidden too.
    """
    about = list(cells if bases is None else bases)
    hidden = {n for n, count in enumerate(about) if is_small(count)}
    others = sorted((count, n) for n, count in enumerate(about) if count and n not in hidden)
    while hidden and others and not _is_safe(about, hidden):
        hidden.add(others.pop(0)[1])
    shown = tuple(None if n in hidden else count for n, count in enumerate(cells))
    return Table(shown, sum(cells) if not hidden or _is_safe(about, hidden) else None)


def _is_safe(about: Sequence[int], hidden: set[int]) -> bool:
    """True if what is hidden cannot be told from the sum and the rest."""
    return len(hidden) > 1 and sum(about[n] for n in hidden) >= least()
