"""The whole interface between the five-step spine and the apps that own a step. Pure Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Evidence:
    """One enrolment has finished one step: when, and on the strength of what ("exams.Attempt:42")."""

    enrolment_id: int
    step_id: int
    completed_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one enrolment is in one step that is not complete: `done` of `total`, and a short word for people."""

    done: int
    total: int
    note: str = ""


class StepHandler(Protocol):
    """What an app that owns steps of one kind must answer."""

    kind: str

    def entry_url(self, step_public_id: str) -> str:
        """The address where a learner takes up this step."""
        ...

    def evidence(self, enrolment_ids: Sequence[int] | None = None) -> Iterable[Evidence]:
        """Everything that the app's facts prove, for these enrolments or for all. Used to rebuild the index."""
        ...

    def progress(self, enrolment_id: int, step_ids: Sequence[int]) -> Mapping[int, Progress]:
        """How far this enrolment is in each of `step_ids`, in a constant number of statements."""
        ...


HANDLERS: dict[str, StepHandler] = {}


def register(handler: StepHandler) -> None:
    """Make `handler` answer for steps of its kind. Called in `AppConfig.ready()`."""
    HANDLERS[handler.kind] = handler
