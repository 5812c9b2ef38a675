"""Set programmes up."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from foundation.audit.actions import record
from programmes import queries
from programmes.contracts import CONFIGURATORS
from programmes.models import Programme, ProgrammeState, Step


@transaction.atomic
def create_programme(*, by: AbstractBaseUser | None, **fields: Any) -> Programme:
    """Create a draft programme. Raises ValidationError if a field is wrong."""
    programme = Programme(**fields)
    programme.full_clean()
    programme.save()
    record(action="programmes.create_programme", actor=by, target=f"programmes.Programme:{programme.pk}")
    return programme


class ProgrammeNotDraft(ValueError):
    """Steps are fixed once learners may work in the programme."""


@transaction.atomic
def add_step(
    *, by: AbstractBaseUser | None, programme: Programme, stage: int, kind: str, title: str, title_en: str = ""
) -> Step:
    """Append a step to a stage of a draft programme. Raises ProgrammeNotDraft, or ValidationError."""
    _hold_draft(programme)
    last = Step.objects.filter(programme=programme, stage=stage).aggregate(last=Max("position"))["last"] or 0
    step = Step(programme=programme, stage=stage, position=last + 1, kind=kind, title=title, title_en=title_en)
    step.full_clean()
    step.save()
    record(action="programmes.add_step", actor=by, target=f"programmes.Step:{step.pk}")
    return step


def _hold_draft(programme: Programme) -> None:
    """Nobody opens the programme or changes its steps until the caller's transaction ends.

    Raises ProgrammeNotDraft.
    """
    drafts = Programme.objects.select_for_update().filter(pk=programme.pk, state=ProgrammeState.DRAFT)
    if drafts.first() is None:
        raise ProgrammeNotDraft(programme.slug)


@transaction.atomic
def remove_step(*, by: AbstractBaseUser | None, step: Step) -> None:
    """Take a step out of a draft programme, with what was chosen for it. Raises ProgrammeNotDraft."""
    _hold_draft(step.programme)
    step_id = step.pk
    CONFIGURATORS[step.kind].forget(step_id)
    step.delete()
    record(
        action="programmes.remove_step",
        actor=by,
        target=f"programmes.Step:{step_id}",
        details={"programme": step.programme_id, "stage": step.stage, "title": step.title},
    )


@transaction.atomic
def move_step(*, by: AbstractBaseUser | None, step: Step, earlier: bool) -> None:
    """Let a step of a draft change places with its neighbour in the same stage; at the end nothing happens.

    Raises ProgrammeNotDraft.
    """
    _hold_draft(step.programme)
    step.refresh_from_db(fields=["position"])
    others = Step.objects.filter(programme_id=step.programme_id, stage=step.stage)
    neighbour = (
        others.filter(position__lt=step.position).order_by("-position").first()
        if earlier
        else others.filter(position__gt=step.position).order_by("position").first()
    )
    if neighbour is None:
        return
    # Two steps never stand in one place, not even for a moment: places begin at 1, so 0 is free.
    Step.objects.filter(pk=step.pk).update(position=0)
    Step.objects.filter(pk=neighbour.pk).update(position=step.position)
    Step.objects.filter(pk=step.pk).update(position=neighbour.position)
    record(
        action="programmes.move_step",
        actor=by,
        target=f"programmes.Step:{step.pk}",
        details={"from": step.position, "to": neighbour.position},
    )


class WrongState(ValueError):
    """The programme was not in the state that this change starts from."""


class StepsNotSet(ValueError):
    """Steps do not say yet what they ask for. `steps` are these."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = list(steps)
        super().__init__(", ".join(step.title for step in steps))


@transaction.atomic
def open_programme(*, by: AbstractBaseUser | None, programme: Programme) -> None:
    """Let learners in. Raises WrongState unless it is a draft with at least one step, or StepsNotSet."""
    try:
        _hold_draft(programme)
    except ProgrammeNotDraft:
        raise WrongState(programme.slug) from None
    settings = queries.settings_of(programme)
    if not settings:
        raise WrongState(programme.slug)
    unset = [setting.step for setting in settings if not setting.asks_for]
    if unset:
        raise StepsNotSet(unset)
    Programme.objects.filter(pk=programme.pk).update(state=ProgrammeState.OPEN)
    record(action="programmes.open_programme", actor=by, target=f"programmes.Programme:{programme.pk}")


@transaction.atomic
def close_programme(*, by: AbstractBaseUser | None, programme: Programme) -> None:
    """End it for learners. Raises WrongState unless it is open."""
    changed = Programme.objects.filter(pk=programme.pk, state=ProgrammeState.OPEN).update(state=ProgrammeState.CLOSED)
    if not changed:
        raise WrongState(programme.slug)
    record(action="programmes.close_programme", actor=by, target=f"programmes.Programme:{programme.pk}")


@transaction.atomic
def extend_programme(*, by: AbstractBaseUser | None, programme: Programme, closes_on: date) -> None:
    """Let an open programme end later: new rounds of its assignments go on being made. Who is enrolled keeps their last
    day. Raises WrongState unless it is open, or ValidationError unless the day is later than the one so far."""
    found = Programme.objects.select_for_update().filter(pk=programme.pk, state=ProgrammeState.OPEN).first()
    if found is None:
        raise WrongState(programme.slug)
    if closes_on <= found.closes_on:
        raise ValidationError({"closes_on": _("Choose a day after %(last)s.") % {"last": found.closes_on}})
    Programme.objects.filter(pk=found.pk).update(closes_on=closes_on)
    record(
        action="programmes.extend_programme",
        actor=by,
        target=f"programmes.Programme:{found.pk}",
        details={"from": found.closes_on.isoformat(), "to": closes_on.isoformat()},
    )


@transaction.atomic
def change_programme(*, by: AbstractBaseUser | None, programme: Programme, **fields: Any) -> Programme:
    """Change a draft. Raises ProgrammeNotDraft, or ValidationError if a field is wrong."""
    _hold_draft(programme)
    for name, value in fields.items():
        setattr(programme, name, value)
    programme.full_clean()
    programme.save(update_fields=list(fields))
    record(action="programmes.change_programme", actor=by, target=f"programmes.Programme:{programme.pk}")
    return programme
