"""Where the marks of the item analysis stand in its drawings. The templates draw them as SVG, with tables beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, EDGE = 480, 300, 36


@dataclass(frozen=True, slots=True)
class Dot:
    """One item in the scatter of facility and discrimination."""

    number: int
    x: float
    y: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A tenth of the scale in the histogram."""

    low: int
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Charts:
    """Both drawings in one coordinate system, 480 by 300 with an edge of 36. `zero` is the line of no
    discrimination, `pass_x` that of the pass mark."""

    dots: list[Dot]
    columns: list[Column]
    zero: float
    pass_x: float


def across(percent: float) -> float:
    """0 to 100 % from the left edge to the right."""
    return round(EDGE + (WIDTH - 2 * EDGE) * percent / 100, 1)


def up(part: float) -> float:
    """0 to 1 from the bottom to the top."""
    return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * part, 1)


def charts(found: Mapping[str, Any]) -> Charts:
    """The places of everything. Discrimination runs from −100 at the bottom to 100 at the top."""
    dots = [
        Dot(n, across(item["facility"]), up((item["discrimination_index"] + 100) / 200), bool(item["flags"]))
        for n, item in enumerate(found["items"], 1)
        if item["facility"] is not None and item["discrimination_index"] is not None
    ]
    counts = found["paper"]["histogram"]
    most = max(counts) or 1
    columns = [
        Column(
            low=tenth * 10,
            count=count,
            x=across(tenth * 10) + 1,
            y=up(count / most),
            width=(WIDTH - 2 * EDGE) / 10 - 2,
            height=round(up(0) - up(count / most), 1),
        )
        for tenth, count in enumerate(counts)
    ]
    return Charts(dots, columns, up(0.5), across(found["paper"]["pass_mark"] or 0))
