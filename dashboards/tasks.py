"""Background work of dashboards."""

from typing import Any

from django.utils import timezone

from dashboards import actions


def count_exams(_payload: dict[str, Any]) -> None:
    """Bring the exam figures of running programmes up to date."""
    actions.count_exams(today=timezone.localdate())
