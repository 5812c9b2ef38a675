"""Set papers up and hang them on steps."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction

from exams.models import Blueprint, BlueprintSection, Item, KnowledgePoint, Paper, PaperItem, PaperStep
from exams.steps import is_draft
from foundation.audit.actions import record


@transaction.atomic
def create_paper(
    *,
    by: AbstractBaseUser | None,
    sections: Iterable[Mapping[str, Any]] = (),
    fixed: Iterable[Item] = (),
    **fields: Any,
) -> Paper:
    """Add a paper. `sections` are fields of BlueprintSection; `fixed` are items in order, one point each.

    Raises ValidationError if a field is wrong.
    """
    rows = list(sections)
    if rows:
        fields["blueprint"] = Blueprint.objects.create(name=fields["title"])
    paper = Paper(**fields)
    paper.full_clean()
    paper.save()
    for order, row in enumerate(rows):
        section = BlueprintSection(blueprint=fields["blueprint"], sort_order=order, **row)
        section.full_clean()
        section.save()
    PaperItem.objects.bulk_create(PaperItem(paper=paper, item=item, sort_order=n) for n, item in enumerate(fixed))
    record(action="exams.create_paper", actor=by, target=f"exams.Paper:{paper.pk}")
    return paper


class WrongMode(ValueError):
    """The step is of another kind than the paper's mode."""


class StepFixed(ValueError):
    """Learners may work on this step already: it goes on asking for what it asked for."""


@transaction.atomic
def set_paper_step(*, by: AbstractBaseUser | None, step: Any, paper: Paper) -> PaperStep:
    """Let `step` ask for `paper`; a second call replaces the paper as long as the programme is a draft.

    `step` is a programmes.Step of the paper's kind. Raises WrongMode or StepFixed.
    """
    if step.kind != paper.mode:
        raise WrongMode(step.kind)
    if PaperStep.objects.filter(step=step).exclude(paper=paper).exists() and not is_draft(step):
        raise StepFixed(step.public_id)
    row, _created = PaperStep.objects.update_or_create(step=step, defaults={"paper": paper})
    record(action="exams.set_paper_step", actor=by, target=f"exams.PaperStep:{row.pk}", details={"paper": paper.pk})
    return row


class SavesItself(Protocol):
    """A valid form for a bank, point, blueprint, paper or step."""

    def save(self) -> models.Model: ...


@transaction.atomic
def save_edited(*, by: AbstractBaseUser, form: SavesItself) -> models.Model:
    """Store what was edited in Wagtail, with one audit entry."""
    instance = form.save()
    if isinstance(instance, KnowledgePoint):
        _replant(instance)
    label = instance._meta.object_name
    record(action="exams.save_edited", actor=by, target=f"exams.{label}:{instance.pk}")
    return instance


def _replant(point: KnowledgePoint) -> None:
    """Write the path of a point that was new or moved, and of everything below it."""
    before, parent = point.path, point.parent
    point.path = f"{parent.path if parent else ''}{point.pk}/"
    point.save(update_fields=["path"])
    if before and before != point.path:
        for below in KnowledgePoint.objects.filter(path__startswith=before).exclude(pk=point.pk):
            below.path = point.path + below.path.removeprefix(before)
            below.save(update_fields=["path"])
