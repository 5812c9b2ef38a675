"""The background work of organisations: which kind of job calls which action."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from foundation.jobs.registry import register
from organisations import actions

Payload = dict[str, Any]


def read_roster(payload: Payload) -> dict[str, Any]:
    """Read a large file."""
    return actions.read_in_background(payload=payload)


def show_roster(payload: Payload, result: Any) -> None:
    """Open the preview."""
    actions.show_roster(payload=payload, result=result)


def check_roster(payload: Payload) -> list[int]:
    """Look whether everything still is as the person saw it."""
    return actions.check_roster(payload=payload)


def go_on(payload: Payload, result: Any) -> None:
    """The next portion of putting in or taking back."""
    actions.continue_roster(payload=payload, result=result)


def prune(payload: Payload, result: Any) -> None:
    """Forget files and rows that are old."""
    actions.prune_rosters()


def prune_doors(payload: Payload, result: Any) -> None:
    """Forget openings of classes that are old."""
    actions.prune_doors()


def forget_refused(payload: Payload) -> int:
    """Let go of children whose guardians have said no; each in a transaction of its own."""
    return actions.forget_refused(days=settings.CONSENT_GRACE_DAYS)


def end_planned(payload: Payload) -> int:
    """End memberships whose planned last day has passed; each portion in a transaction of its own."""
    return actions.end_planned(today=timezone.localdate())


def register_all() -> None:
    """Register every kind of job that organisations owns."""
    register(actions.READ_JOB, compute=read_roster, apply=show_roster)
    register(actions.APPLY_JOB, compute=check_roster, apply=go_on)
    register("organisations.prune_rosters", apply=prune)
    register("organisations.prune_doors", apply=prune_doors)
    register("organisations.forget_refused", compute=forget_refused)
    register("organisations.end_planned", compute=end_planned)
