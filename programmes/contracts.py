"""The whole interface between the five-step spine and the apps that own a step. Pure Python."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol


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


class StepConfigurator(Protocol):
    """How steps of one kind are told, in the admin, what they ask for: which course, paper or letter.

    `changes_while_open`: what is chosen may still be changed when learners work in the programme (a further date).
    """

    kind: str
    changes_while_open: bool

    def summaries(self, step_ids: Sequence[int]) -> Mapping[int, str]:
        """In words what each of `step_ids` asks for; one that is not set yet is left out. A constant number of
        statements."""
        ...

    def configure_url(self, step_id: int) -> str:
        """The admin's address of the form."""
        ...

    def bind(self, step_id: int, wanted: Sequence[str]) -> bool:
        """Let a new step ask for the first of `wanted` (short names) that is there and ready, in the caller's
        transaction. False if none is: then a person chooses."""
        ...

    def copy(self, step_id: int, to_step_id: int) -> bool:
        """Let a new step ask for what another one does, in the caller's transaction. False if that cannot be asked for
        any more."""
        ...

    def forget(self, step_id: int) -> None:
        """Drop what is set for a step that is about to be removed, in the caller's transaction."""
        ...


CONFIGURATORS: dict[str, StepConfigurator] = {}


def register_configurator(configurator: StepConfigurator) -> None:
    """Make `configurator` answer for steps of its kind. Called in `AppConfig.ready()`."""
    CONFIGURATORS[configurator.kind] = configurator


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of a letter that an enrolment has signed. `key` stays the same for ever ("pledges.Pledge:7#2").

    `made_on` is the day of signing where the provider knows it: a deed cannot be older than its promise.
    """

    key: str
    text: str
    made_on: date | None = None


class PromiseProvider(Protocol):
    """What an app that owns signed letters answers, so that `practice` needs no knowledge of it."""

    def promises_of(self, enrolment_id: int) -> Sequence[Promise]:
        """The promises of the letters that are in force for this enrolment, in their order."""
        ...


PROMISES: list[PromiseProvider] = []


def register_promises(provider: PromiseProvider) -> None:
    """Make `provider` answer for promises. Called in `AppConfig.ready()`; one provider of a class is enough."""
    PROMISES[:] = [known for known in PROMISES if type(known) is not type(provider)] + [provider]


@dataclass(frozen=True, slots=True)
class Result:
    """What one exam of an enrolment came to: on the strength of what, in which marking run, points as decimal texts."""

    source: str
    run: int
    points: str
    out_of: str


class ResultProvider(Protocol):
    """What an app that marks exams answers, so that the evidence of a signature can name the score before it."""

    def results_of(self, enrolment_id: int) -> Sequence[Result]:
        """The newest result of every attempt that completed a step, in their order."""
        ...


RESULTS: list[ResultProvider] = []


def register_results(provider: ResultProvider) -> None:
    """Make `provider` answer for results. Called in `AppConfig.ready()`; one provider of a class is enough."""
    RESULTS[:] = [known for known in RESULTS if type(known) is not type(provider)] + [provider]


def results_of(enrolment_id: int) -> list[Result]:
    """All results of this enrolment, from every provider."""
    return [result for provider in RESULTS for result in provider.results_of(enrolment_id)]


class HoursProvider(Protocol):
    """What an app that gives credit hours answers."""

    def hours_of(self, enrolment_ids: Sequence[int]) -> Mapping[int, Decimal]:
        """The credit hours that each of these enrolments has earned, in a constant number of statements."""
        ...


HOURS: list[HoursProvider] = []


def register_hours(provider: HoursProvider) -> None:
    """Make `provider` answer for credit hours. Called in `AppConfig.ready()`; one provider of a class is enough."""
    HOURS[:] = [known for known in HOURS if type(known) is not type(provider)] + [provider]


def hours_of(enrolment_ids: Sequence[int]) -> dict[int, Decimal]:
    """Credit hours by enrolment, from every provider; who has none is left out."""
    found: dict[int, Decimal] = {}
    for provider in HOURS:
        for enrolment_id, hours in provider.hours_of(enrolment_ids).items():
            found[enrolment_id] = found.get(enrolment_id, Decimal(0)) + hours
    return found


WENT_ON: dict[str, Callable[[Sequence[int]], None]] = {}


def register_went_on(key: str, handler: Callable[[Sequence[int]], None]) -> None:
    """Tell `handler` which enrolments have completed steps, once these are counted and in that transaction: it may
    queue work, and nothing slower. Called in `AppConfig.ready()`; the same key replaces."""
    WENT_ON[key] = handler


@dataclass(frozen=True, slots=True)
class Duty:
    """A page where somebody who leads units has something to do, and a sentence on what waits there."""

    word: str
    url: str
    icon: str
    sentence: str = ""


class DutyProvider(Protocol):
    """What an app answers that has pages for those who lead units."""

    def duties_of(self, user: Any) -> Sequence[Duty]:
        """The pages for `user`, who leads at least one unit, in a constant number of statements."""
        ...


DUTIES: list[DutyProvider] = []


def register_duties(provider: DutyProvider) -> None:
    """Make `provider` answer for duties. Called in `AppConfig.ready()`; one provider of a class is enough."""
    DUTIES[:] = [known for known in DUTIES if type(known) is not type(provider)] + [provider]


WORKPLACE: list[Callable[[str], str]] = []


def register_workplace(address_of: Callable[[str], str]) -> None:
    """Make `address_of(code of a unit)` say where who leads it sees its figures; "" asks for the list of all units that
    the reader leads. Called in `AppConfig.ready()`."""
    WORKPLACE[:] = [address_of]


def workplace_of(code: str) -> str:
    """The page with the figures of a unit, or with the reader's units for ""; "" if no app offers one."""
    return WORKPLACE[0](code) if WORKPLACE else ""


def promises_of(enrolment_id: int) -> list[Promise]:
    """All promises that this enrolment has made, from every provider."""
    return [promise for provider in PROMISES for promise in provider.promises_of(enrolment_id)]
