"""The one door from pledges to programmes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.urls import reverse

from pledges import queries
from pledges.models import Letter, PledgeStep
from programmes.actions import complete_steps, revoke_step
from programmes.contracts import Evidence, Progress, Promise
from programmes.models import ProgrammeState, StepKind
from programmes.models import Step as Step
from programmes.queries import OpenStep as OpenStep
from programmes.queries import require_open


def enter(
    *, user: AbstractBaseUser, step_public_id: str, reading: bool = False, now: datetime | None = None
) -> OpenStep:
    """Pass the gate. Raises GateError."""
    return require_open(user=user, step_public_id=step_public_id, kind=StepKind.PLEDGE, reading=reading, now=now)


def is_configurable(step: Step) -> bool:
    """True for a pledge step of a programme that nobody works in yet."""
    return step.kind == StepKind.PLEDGE and step.programme.state == ProgrammeState.DRAFT


def pledge_steps() -> QuerySet[Step]:
    """Steps of kind "pledge"."""
    return Step.objects.filter(kind=StepKind.PLEDGE)


def chosen_template(step: Step) -> int | None:
    """The id of the template of the letter that `step` asks for."""
    return PledgeStep.objects.filter(step=step).values_list("template_id", flat=True).first()


def letter_signed(letter: Letter) -> None:
    """Tell the programme. In the caller's transaction."""
    complete_steps(evidence=[_evidence(letter)])


def letter_withdrawn(letter: Letter) -> None:
    """Tell the programme that its proof is gone: the step opens again. In the caller's transaction."""
    if letter.enrolment_id is not None and letter.step_id is not None:
        revoke_step(enrolment_id=letter.enrolment_id, step_id=letter.step_id)


def _evidence(letter: Letter) -> Evidence:
    assert letter.enrolment_id is not None and letter.step_id is not None  # noqa: PT018  # a letter of a step
    return Evidence(letter.enrolment_id, letter.step_id, letter.signed_at, f"pledges.Letter:{letter.pk}")


class PledgeHandler:
    """Answers for steps of kind "pledge"."""

    kind = StepKind.PLEDGE.value

    def entry_url(self, step_public_id: str) -> str:
        """The page where the letter is read and signed."""
        return reverse("pledges:sign", args=[step_public_id])

    def evidence(self, enrolment_ids: Sequence[int] | None = None) -> Iterable[Evidence]:
        """One for every letter in force that belongs to a step. One statement."""
        for letter in queries.step_letters(enrolment_ids).iterator():
            yield _evidence(letter)

    def progress(self, enrolment_id: int, step_ids: Sequence[int]) -> Mapping[int, Progress]:
        """Nothing between unsigned and signed: 0 of 1."""
        return {step_id: Progress(0, 1) for step_id in step_ids}


class PledgeConfigurator:
    """Says in the admin which letter a step asks for."""

    kind = StepKind.PLEDGE.value
    changes_while_open = False

    def summaries(self, step_ids: Sequence[int]) -> Mapping[int, str]:
        """The titles of the letters. One statement."""
        return dict(PledgeStep.objects.filter(step_id__in=step_ids).values_list("step_id", "template__title"))

    def configure_url(self, step_id: int) -> str:
        """The list to choose from."""
        return reverse("letter-step", args=[step_id])

    def forget(self, step_id: int) -> None:
        """The step goes."""
        PledgeStep.objects.filter(step_id=step_id).delete()


class LetterPromises:
    """Hands the promises of signed letters down, so that `practice` needs no knowledge of letters."""

    def promises_of(self, enrolment_id: int) -> Sequence[Promise]:
        """Promises of the letters in force of this enrolment, in their order. One statement."""
        return [
            Promise(f"pledges.Letter:{letter.pk}#{clause.id}", clause.text, letter.made_on)
            for letter, clause in queries.promises_of(enrolment_id)
        ]
