"""The one door from practice to programmes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practice import queries
from practice.models import PractiseStep
from programmes.actions import complete_steps
from programmes.contracts import Duty, Evidence, Progress, promises_of
from programmes.contracts import Promise as Promise
from programmes.models import ProgrammeState, StepKind
from programmes.models import Step as Step
from programmes.queries import OpenStep as OpenStep
from programmes.queries import is_open_today, require_open


def enter(
    *, user: AbstractBaseUser, step_public_id: str, reading: bool = False, now: datetime | None = None
) -> OpenStep:
    """Pass the gate. Raises GateError."""
    return require_open(user=user, step_public_id=step_public_id, kind=StepKind.PRACTISE, reading=reading, now=now)


def takes_deeds(gate: OpenStep) -> bool:
    """False when the programme has closed and the learner may only look."""
    return is_open_today(gate.enrolment.programme)


def promises(enrolment_id: int) -> list[Promise]:
    """What this enrolment has promised in its letters."""
    return promises_of(enrolment_id)


def is_configurable(step: Step) -> bool:
    """True for a practise step of a programme that nobody works in yet."""
    return step.kind == StepKind.PRACTISE and step.programme.state == ProgrammeState.DRAFT


def practise_steps() -> QuerySet[Step]:
    """Steps of kind "practise"."""
    return Step.objects.filter(kind=StepKind.PRACTISE)


def required_deeds(step: Step) -> int | None:
    """How many confirmed deeds `step` asks for, if that is set."""
    return PractiseStep.objects.filter(step=step).values_list("required_deeds", flat=True).first()


def deeds_confirmed(*, enrolment_ids: Sequence[int]) -> None:
    """Tell the programme which of these enrolments have enough confirmed deeds now. In the caller's transaction."""
    complete_steps(evidence=PractiseHandler().evidence(enrolment_ids))


class PractiseHandler:
    """Answers for steps of kind "practise"."""

    kind = StepKind.PRACTISE.value

    def entry_url(self, step_public_id: str) -> str:
        """The learner's page of deeds."""
        return reverse("practice:step", args=[step_public_id])

    def evidence(self, enrolment_ids: Sequence[int] | None = None) -> Iterable[Evidence]:
        """One for every enrolment that has the required number of confirmed deeds. One statement."""
        for deed in queries.proofs(enrolment_ids).iterator():
            assert deed.decided_at is not None  # a confirmed deed: the database checks it
            yield Evidence(deed.enrolment_id, deed.practise_step_id, deed.decided_at, f"practice.Deed:{deed.pk}")

    def progress(self, enrolment_id: int, step_ids: Sequence[int]) -> Mapping[int, Progress]:
        """Confirmed of required, with a word on what waits. Two statements."""
        return {
            step_id: Progress(tally.confirmed, tally.required, _note(tally))
            for step_id, tally in queries.tallies(enrolment_id, step_ids).items()
        }


class PractiseConfigurator:
    """Says in the admin how many deeds a step asks for."""

    kind = StepKind.PRACTISE.value
    changes_while_open = False

    def summaries(self, step_ids: Sequence[int]) -> Mapping[int, str]:
        """The number of deeds. One statement."""
        rows = PractiseStep.objects.filter(step_id__in=step_ids).values_list("step_id", "required_deeds")
        return {
            step_id: ngettext("%(count)s confirmed deed", "%(count)s confirmed deeds", count) % {"count": count}
            for step_id, count in rows
        }

    def configure_url(self, step_id: int) -> str:
        """The form."""
        return reverse("deeds-step", args=[step_id])

    def bind(self, step_id: int, wanted: Sequence[str]) -> bool:
        """So many deeds as the first of `wanted` says."""
        PractiseStep.objects.create(step_id=step_id, required_deeds=int(wanted[0]))
        return True

    def copy(self, step_id: int, to_step_id: int) -> bool:
        """The same number."""
        asked = PractiseStep.objects.filter(step_id=step_id).first()
        return asked is not None and self.bind(to_step_id, [str(asked.required_deeds)])

    def forget(self, step_id: int) -> None:
        """The step goes."""
        PractiseStep.objects.filter(step_id=step_id).delete()


class ConfirmationDuties:
    """The page on which deeds are confirmed."""

    def duties_of(self, user: AbstractBaseUser) -> Sequence[Duty]:
        """Its address and how many deeds wait there. Two statements."""
        waiting = queries.deeds_to_confirm(user).order_by().count()
        sentence = ngettext("%(n)s deed waits", "%(n)s deeds wait", waiting) % {"n": waiting}
        if not waiting:
            sentence = _("No deed waits")
        return [Duty(_("Confirm deeds"), reverse("practice:confirm"), "act", sentence)]


def _note(tally: queries.Tally) -> str:
    """A short word for people: what came back matters more than what waits."""
    if tally.returned:
        return _("%(count)s returned to you") % {"count": tally.returned}
    if tally.waiting:
        return _("%(count)s waiting for confirmation") % {"count": tally.waiting}
    return ""
