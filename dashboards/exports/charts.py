"""Charts as SVG, drawn on the server. The table beside a chart says the same in numbers."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from dashboards.queries import HeatRow, Week

WIDTH, HEIGHT, LEFT, TOP = 320, 170, 44, 12
GRID = (0, 50, 100)
NOTHING = mark_safe("")
BAR, GAP, LETTER = 12, 44, 14


def _y(percent: int) -> float:
    return TOP + (HEIGHT - 2 * TOP - 20) * (100 - percent) / 100


def trend(weeks: Sequence[Week], label: str) -> SafeString:
    """The share of people who are through, week by week. `label` is the sentence that a screen reader says."""
    step = (WIDTH - LEFT - TOP) / max(len(weeks) - 1, 1)
    points = [(f"{LEFT + n * step:.1f}", f"{_y(week.percent):.1f}") for n, week in enumerate(weeks)]
    grid = format_html_join(
        NOTHING,
        '<path d="M{0} {1}H{2}" stroke="currentColor" stroke-opacity=".25" fill="none"/>'
        '<text x="0" y="{3}" font-size="14" fill="currentColor">{4}%</text>',
        [(LEFT, f"{_y(p):.1f}", WIDTH, f"{_y(p) + 5:.1f}", p) for p in GRID],
    )
    dots = format_html_join(NOTHING, '<circle cx="{}" cy="{}" r="4" fill="currentColor"/>', points)
    ends = [(0, "start"), (len(weeks) - 1, "end")] if len(weeks) > 1 else [(0, "start")]
    days = format_html_join(
        NOTHING,
        '<text x="{}" y="{}" font-size="14" text-anchor="{}" fill="currentColor">{}/{}</text>',
        [(points[n][0], HEIGHT - 6, anchor, weeks[n].week_on.month, weeks[n].week_on.day) for n, anchor in ends],
    )
    return format_html(
        '<svg class="trend" viewBox="0 0 {} {}" role="img" aria-label="{}">{}<polyline points="{}" fill="none" '
        'stroke="currentColor" stroke-width="3" stroke-linejoin="round"/>{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        grid,
        " ".join(",".join(point) for point in points),
        dots,
        days,
    )


def bars(lines: Sequence[tuple[str, int, int]], label: str) -> SafeString:
    """A bar for each (word, part, of): the word and the share above it, so that any width will do."""
    drawn = format_html_join(
        NOTHING,
        '<text x="0" y="{0}" font-size="{1}" fill="currentColor">{2}</text>'
        '<text x="{3}" y="{0}" font-size="{1}" text-anchor="end" fill="currentColor">{4}%</text>'
        '<rect x="0.5" y="{5}" width="{6}" height="{7}" fill="none" stroke="currentColor" stroke-opacity=".5"/>'
        '<rect x="0" y="{5}" width="{8}" height="{7}" fill="currentColor"/>',
        [
            (n * GAP + LETTER, LETTER, word, WIDTH, _share(part, of), n * GAP + 20, WIDTH - 1, BAR, _width(part, of))
            for n, (word, part, of) in enumerate(lines)
        ],
    )
    height = max(len(lines) * GAP - 8, 1)
    text = '<svg class="trend" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    return format_html(text, WIDTH, height, label, drawn)


def _share(part: int, of: int) -> int:
    return 100 * part // of if of else 0


def _width(part: int, of: int) -> str:
    return f"{WIDTH * part / of if of else 0:.1f}"


def shares(rows: Sequence[HeatRow], label: str) -> SafeString:
    """Who is through in each of `rows`, as bars."""
    return bars([(row.word or str(row.unit or ""), row.finished, row.enrolled) for row in rows], label)


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of a drawing of this module."""
    width, height = svg.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()
    return float(width), float(height)
