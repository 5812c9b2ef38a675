"""Set papers up and hang them on steps."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone

from exams import queries
from exams.actions.anchors import PAPERS_JOB
from exams.actions.preparing import discard_prepared
from exams.actions.sessions import rules_changed
from exams.models import (
    AnchorCause,
    Attempt,
    Blueprint,
    BlueprintSection,
    Item,
    KnowledgePoint,
    Paper,
    PaperExclusion,
    PaperItem,
    PaperState,
    PaperStep,
    SittingRules,
)
from exams.queries import Check
from exams.steps import is_draft, is_in_open_programme
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue


@transaction.atomic
def create_paper(
    *,
    by: AbstractBaseUser | None,
    sections: Iterable[Mapping[str, Any]] = (),
    fixed: Iterable[Item] = (),
    **fields: Any,
) -> Paper:
    """Add a paper as a draft. `sections` are fields of BlueprintSection; `fixed` are items in order, one point each.

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


class NotDraft(ValueError):
    """The paper is published: what it draws and its rules stay as they are."""


class NotFeasible(ValueError):
    """The bank cannot fill the paper; `check` says where."""

    def __init__(self, check: Check) -> None:
        self.check = check
        super().__init__(str(check))


@transaction.atomic
def publish_paper(*, by: AbstractBaseUser | None, paper: Paper, at: datetime | None = None) -> Paper:
    """Freeze what the paper draws and by which rules; from now on it can be sat, and papers are drawn beforehand.

    Raises NotDraft, or NotFeasible if the bank cannot fill it.
    """
    found: Paper = Paper.objects.select_for_update(no_key=True).get(pk=paper.pk)
    if found.state != PaperState.DRAFT:
        raise NotDraft(found.slug)
    plan = queries.draft_plan(found)
    check = queries.check_plan(plan, mode=found.mode)
    if not check.is_feasible:
        raise NotFeasible(check)
    found.plan, found.state, found.published_at = dict(plan), PaperState.PUBLISHED, at or timezone.now()
    found.save(update_fields=["plan", "state", "published_at"])
    record(action="exams.publish_paper", actor=by, target=f"exams.Paper:{found.pk}")
    enqueue(kind="exams.prepare", payload={"paper": found.pk})
    enqueue(kind=PAPERS_JOB, payload={"paper": found.pk, "cause": AnchorCause.PUBLISHED.value})
    return found


class PaperInUse(ValueError):
    """Somebody has sat the paper, or an open programme asks for it: copy it instead of changing it."""


@transaction.atomic
def withdraw_paper(*, by: AbstractBaseUser | None, paper: Paper) -> None:
    """Make a published paper a draft again, so that it can be changed. Papers drawn beforehand are thrown away.

    Raises PaperInUse, or NotDraft if it is a draft already.
    """
    found = Paper.objects.select_for_update().get(pk=paper.pk)
    if found.state != PaperState.PUBLISHED:
        raise NotDraft(found.slug)
    if Attempt.objects.filter(paper=found).exists() or is_in_open_programme(found):
        raise PaperInUse(found.slug)
    discard_prepared(paper=found, only_stale=False)
    Paper.objects.filter(pk=found.pk).update(state=PaperState.DRAFT)
    record(action="exams.withdraw_paper", actor=by, target=f"exams.Paper:{found.pk}")


OWN = {"id", "slug", "title", "blueprint", "state", "plan", "published_at"}


@transaction.atomic
def copy_paper(*, by: AbstractBaseUser | None, paper: Paper, slug: str, title: str) -> Paper:
    """A new draft with the same rules, those of sitting it included, fixed items and exclusions, and a copy of the
    blueprint. The window is copied too: nobody begins the copy before somebody has thought of its time.

    Raises ValidationError if the slug or the title's blueprint is taken.
    """
    fields = {field.name: getattr(paper, field.name) for field in Paper._meta.concrete_fields if field.name not in OWN}
    copy = Paper(slug=slug, title=title, **fields)
    if paper.blueprint_id:
        blueprint = Blueprint(name=title)
        blueprint.full_clean()
        blueprint.save()
        copy.blueprint = blueprint
        for section in BlueprintSection.objects.filter(blueprint_id=paper.blueprint_id).order_by("sort_order", "pk"):
            section.pk, section.blueprint = None, blueprint
            section.save(force_insert=True)
    copy.full_clean()
    copy.save()
    for model in (PaperItem, PaperExclusion, SittingRules):
        for row in model._default_manager.filter(paper=paper).order_by("pk"):
            row.pk, row.paper = None, copy
            row.save(force_insert=True)
    record(action="exams.copy_paper", actor=by, target=f"exams.Paper:{copy.pk}", details={"of": paper.pk})
    return copy


@transaction.atomic
def remake_paper(*, by: AbstractBaseUser, attempt: Attempt, reason: str) -> None:
    """Write down that somebody looks at the paper of one attempt, and why. The paper itself is made again from what
    the attempt stores: the versions that were asked, and the seed."""
    record(action="exams.remake_paper", actor=by, target=f"exams.Attempt:{attempt.pk}", details={"reason": reason})


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
    label, details = instance._meta.object_name, {}
    if isinstance(instance, SittingRules):
        rules_changed(paper=instance.paper)
        details = {name: str(getattr(instance, name)) for name in getattr(form, "changed_data", ())}
    record(action="exams.save_edited", actor=by, target=f"exams.{label}:{instance.pk}", details=details)
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
