"""The one door from pledges to programmes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisations.queries import led_by
from pledges import queries
from pledges.models import Letter, LetterTemplate, PledgeStep
from programmes.actions import complete_steps, revoke_step
from programmes.contracts import Duty, Evidence, Progress, Promise
from programmes.contracts import results_of as results_of_enrolment
from programmes.models import Enrolment as Enrolment
from programmes.models import EnrolmentState, ProgrammeState, StepCompletion, StepKind
from programmes.models import Step as Step
from programmes.queries import GateError as GateError
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


def results_of(enrolment_id: int | None) -> list[dict[str, str]]:
    """What the signer's exams of this programme came to by now: the attempt, its marking run, its points."""
    if enrolment_id is None:
        return []
    return [
        {"source": row.source, "run": str(row.run), "points": row.points, "outOf": row.out_of}
        for row in results_of_enrolment(enrolment_id)
    ]


def spot_steps(user: AbstractBaseUser) -> QuerySet[Step]:
    """Pledge steps of open programmes in which people of the units led by `user` are enrolled."""
    mine = Enrolment.objects.filter(organisation__in=led_by(user), state=EnrolmentState.ACTIVE)
    found = pledge_steps().filter(programme__state=ProgrammeState.OPEN, programme__in=mine.values("programme_id"))
    return found.select_related("programme").order_by("-programme__opens_on", "pk")


def signers_of(step: Step, user: AbstractBaseUser) -> QuerySet[Enrolment]:
    """Whoever of the units led by `user` is asked for the letter of `step`, those who have not signed first; with
    `is_signed`."""
    done = StepCompletion.objects.filter(step=step, enrolment=OuterRef("pk"))
    found = Enrolment.objects.filter(
        programme_id=step.programme_id, organisation__in=led_by(user), state=EnrolmentState.ACTIVE
    )
    found = found.select_related("user", "organisation").annotate(is_signed=Exists(done))
    return found.order_by("is_signed", "organisation__path", "user__username", "pk")


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


def _ask(step_id: int, letters: Sequence[LetterTemplate | None]) -> bool:
    """Let a new step ask for the first letter that there is."""
    letter = next((one for one in letters if one is not None), None)
    if letter is not None:
        PledgeStep.objects.create(step_id=step_id, template=letter)
    return letter is not None


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

    def bind(self, step_id: int, wanted: Sequence[str]) -> bool:
        """The first of these letters that has wording to be signed."""
        ready = queries.askable_letters()
        return _ask(step_id, [ready.filter(slug=slug).first() for slug in wanted])

    def copy(self, step_id: int, to_step_id: int) -> bool:
        """The same letter, while it can be asked for."""
        asked = PledgeStep.objects.filter(step_id=step_id).values("template")
        return _ask(to_step_id, [queries.askable_letters().filter(pk__in=asked).first()])

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


class LetterDuties:
    """Pages about letters for those who lead units."""

    def duties_of(self, user: Any) -> Sequence[Duty]:
        """Sign on the spot; objections and letters of the accepting unit; filed copies. Few statements."""
        found = []
        if spot_steps(user).exists():
            found.append(Duty(_("Sign on the spot"), reverse("pledges:spots"), "pledge"))
        if queries.decides(user):
            count = queries.objections_for(user).filter(decided_at=None).count()
            words = ngettext("%(count)s objection waits.", "%(count)s objections wait.", count) % {"count": count}
            found.append(Duty(_("Letters of my unit"), reverse("pledges:office"), "org", words if count else ""))
        if queries.import_units(user).exists():
            found.append(Duty(_("Letters from a table"), reverse("pledges:imports"), "upload"))
        if queries.copies_of(user).exists():
            found.append(Duty(_("Filed copies"), reverse("pledges:copies"), "pdf"))
        return found
