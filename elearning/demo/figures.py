"""The figures of the dashboards, as of now and as they would have been week by week: jobs keep them from here on."""

import datetime as dt

from django.utils import timezone

import dashboards.actions
import programmes.actions
from notifications.queries import working_days
from programmes.models import Programme


def load_figures(*, now: dt.datetime) -> None:
    """Count what the learners did, who may not make it, and every week since the first programme opened."""
    today = timezone.localdate(now)
    while programmes.actions.count_completions():
        pass
    programmes.actions.forecast(today=today, days=working_days())
    programmes.actions.rebuild_tallies()
    while programmes.actions.fold_tallies():
        pass
    first = Programme.objects.order_by("opens_on").values_list("opens_on", flat=True)[0]
    programmes.actions.fill_weeks(since=first, today=today)
    programmes.actions.keep_week(today=today)
    dashboards.actions.count_exams(today=today)
