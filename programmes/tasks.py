"""Background work of programmes."""

from typing import Any

from django.utils import timezone

from notifications.queries import may_disturb, working_days
from programmes import actions


def pass_slice(payload: dict[str, Any], _result: object) -> None:
    """The next slice of an assignment's people; in the same transaction as the job's own mark."""
    actions.pass_slice(run_id=payload["run"], phase=payload["phase"], cursor=payload["cursor"])


def look_again(_payload: dict[str, Any], _result: object) -> None:
    """Newcomers, leavers, next rounds."""
    actions.look_again()


def fold_tallies(_payload: dict[str, Any]) -> None:
    """Keep the figures by unit short."""
    actions.fold_tallies()


def count_completions(_payload: dict[str, Any]) -> None:
    """Bring the figures by unit up to date, a slice at a time."""
    while actions.count_completions() == actions.COUNT_SLICE:
        pass


def remind(_payload: dict[str, Any]) -> None:
    """Tell people what must be told today, if it is a working day and not too early or too late."""
    now = timezone.now()
    if may_disturb(now):
        actions.remind(now=now, days=working_days())


def forecast(_payload: dict[str, Any]) -> None:
    """Who may not make it, as of today."""
    actions.forecast(today=timezone.localdate(), days=working_days())


def keep_figures(_payload: dict[str, Any]) -> None:
    """Write the week down, and put right what differs from the enrolments: after an update of the site, everything."""
    actions.keep_week(today=timezone.localdate())
    if actions.rebuild_tallies(check=True):
        actions.rebuild_tallies()
