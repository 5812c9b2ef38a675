"""Set papers up and hang them on steps."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction

from exams.models import Blueprint, BlueprintSection, Item, Paper, PaperItem, PaperStep
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


@transaction.atomic
def set_paper_step(*, by: AbstractBaseUser | None, step: Any, paper: Paper) -> PaperStep:
    """Let `step` ask for `paper`; a second call replaces the paper as long as nobody has started.

    `step` is a programmes.Step of the paper's kind. Raises WrongMode.
    """
    if step.kind != paper.mode:
        raise WrongMode(step.kind)
    row, _created = PaperStep.objects.update_or_create(step=step, defaults={"paper": paper})
    record(action="exams.set_paper_step", actor=by, target=f"exams.PaperStep:{row.pk}", details={"paper": paper.pk})
    return row


def record_edit(*, by: AbstractBaseUser | None, instance: models.Model, verb: str) -> None:
    """One audit entry for a bank, point, blueprint or paper edited in Wagtail, in the caller's transaction."""
    label = instance._meta.object_name
    record(action=f"exams.{verb}", actor=by, target=f"exams.{label}:{instance.pk}")
