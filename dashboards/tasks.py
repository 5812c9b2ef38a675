"""Background work of dashboards."""

from typing import Any

from django.utils import timezone

from dashboards import actions


def count_exams(_payload: dict[str, Any]) -> None:
    """Bring the exam figures of running programmes up to date."""
    actions.count_exams(today=timezone.localdate())


def write_report(payload: dict[str, Any]) -> tuple[str, str] | None:
    """Write the files of a report, outside any transaction."""
    return actions.write_report(report_id=payload["report"], today=timezone.localdate())


def finish_report(payload: dict[str, Any], paths: tuple[str, str] | None) -> None:
    """Say that they are there, in the same transaction as the job's own mark."""
    if paths is not None:
        actions.finish_report(report_id=payload["report"], paths=paths)
