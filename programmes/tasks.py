"""Background work of programmes."""

from datetime import date
from typing import Any

from programmes import actions


def enrol_unit(payload: dict[str, Any], _result: object) -> None:
    """Enrol the next people of a unit; in the same transaction as the job's own mark."""
    actions.enrol_chunk(
        programme_id=payload["programme"],
        organisation_id=payload["organisation"],
        due_on=date.fromisoformat(payload["due_on"]) if payload["due_on"] else None,
        by_id=payload["by"],
        after=payload["after"],
    )
