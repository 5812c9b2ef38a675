"""`{% load charts %}`: lines drawn on the server. The table beside a chart says the same in numbers."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from programmes.models import Stage, Step
from programmes.queries import Week

register = template.Library()
WIDTH, HEIGHT, LEFT, TOP = 320, 170, 44, 12
GRID = (0, 50, 100)


def _y(percent: int) -> float:
    return TOP + (HEIGHT - 2 * TOP - 20) * (100 - percent) / 100


@register.filter
def short_name(step: Step, steps: Sequence[Step]) -> str:
    """The stage of a step, numbered if it has several: what fits above a column."""
    same = [other.pk for other in steps if other.stage == step.stage]
    number = f" {same.index(step.pk) + 1}" if len(same) > 1 else ""
    return f"{Stage(step.stage).label}{number}"


@register.simple_tag
def trend(weeks: Sequence[Week], label: str) -> SafeString:
    """The share of people who are through, week by week. `label` is the sentence that a screen reader says."""
    step = (WIDTH - LEFT - TOP) / max(len(weeks) - 1, 1)
    points = [(f"{LEFT + n * step:.1f}", f"{_y(week.percent):.1f}") for n, week in enumerate(weeks)]
    grid = format_html_join(
        mark_safe(""),
        '<path d="M{0} {1}H{2}" stroke="currentColor" stroke-opacity=".25" fill="none"/>'
        '<text x="0" y="{3}" font-size="14" fill="currentColor">{4}%</text>',
        [(LEFT, f"{_y(p):.1f}", WIDTH, f"{_y(p) + 5:.1f}", p) for p in GRID],
    )
    dots = format_html_join(mark_safe(""), '<circle cx="{}" cy="{}" r="4" fill="currentColor"/>', points)
    ends = [(0, "start"), (len(weeks) - 1, "end")] if len(weeks) > 1 else [(0, "start")]
    days = format_html_join(
        mark_safe(""),
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
