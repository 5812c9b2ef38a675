"""What the screens write: exam figures by unit, who took figures away, reports for leaders."""

from dashboards.actions.figures import count_exams, note_export
from dashboards.actions.reports import (
    PARTS,
    REPORT_JOB,
    ask_report,
    discard_reports,
    finish_report,
    kept_until,
    take_report,
    write_report,
)

__all__ = [
    "PARTS",
    "REPORT_JOB",
    "ask_report",
    "count_exams",
    "discard_reports",
    "finish_report",
    "kept_until",
    "note_export",
    "take_report",
    "write_report",
]
