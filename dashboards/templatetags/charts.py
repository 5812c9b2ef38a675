"""`{% load charts %}`: what is drawn on the server, and words for the heads of columns."""

from collections.abc import Sequence

from django import template

from dashboards.exports import charts
from dashboards.queries import HeatRow
from programmes.models import Stage, Step

register = template.Library()
register.simple_tag(charts.trend)
register.simple_tag(charts.shares)


@register.filter
def short_name(step: Step, steps: Sequence[Step]) -> str:
    """The stage of a step, numbered if it has several: what fits above a column."""
    same = [other.pk for other in steps if other.stage == step.stage]
    number = f" {same.index(step.pk) + 1}" if len(same) > 1 else ""
    return f"{Stage(step.stage).label}{number}"


@register.filter
def first_time(row: HeatRow, step: Step) -> float | None:
    """How many per cent passed this exam at the first attempt; None where there is nothing to say."""
    return next((rates.first_time_rate for rates in row.rates if rates.step.pk == step.pk), None)
