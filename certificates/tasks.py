"""Background work of certificates."""

from typing import Any

from certificates import actions


def issue(payload: dict[str, Any], _result: object) -> None:
    """What these enrolments have earned."""
    actions.issue_certificates(enrolment_ids=payload["enrolments"])


def issue_due(_payload: dict[str, Any]) -> None:
    """Whatever was earned and not issued: after the index of steps was made again, or a number was taken."""
    while actions.issue_certificates() == actions.SLICE:
        pass


def tell_of_ends(_payload: dict[str, Any]) -> None:
    """Certificates that end soon."""
    while actions.tell_of_ends() == actions.SLICE:
        pass
