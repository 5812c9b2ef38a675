"""Write, review and retire items."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from exams.actions.indexing import index_items, refresh_states
from exams.actions.telling import tell_returned
from exams.importers.identity import stem_key
from exams.importers.lines import keep_ids
from exams.importers.plain import Built
from exams.models import Bank, Item, ItemKey, ItemVersion, KnowledgePoint, VersionState
from foundation.audit.actions import record


@transaction.atomic
def create_bank(*, by: AbstractBaseUser | None, name: str, audience: str, description: str = "") -> Bank:
    """Add a bank. Raises ValidationError if the name is taken or the audience unknown."""
    bank = Bank(name=name, audience=audience, description=description)
    bank.full_clean()
    bank.save()
    record(action="exams.create_bank", actor=by, target=f"exams.Bank:{bank.pk}")
    return bank


@transaction.atomic
def create_point(
    *, by: AbstractBaseUser | None, name: str, parent: KnowledgePoint | None = None, **fields: Any
) -> KnowledgePoint:
    """Add a knowledge point below `parent`. Raises ValidationError if the name is taken there."""
    point = KnowledgePoint(name=name, parent=parent, **fields)
    point.full_clean()
    point.save()
    point.path = f"{parent.path if parent else ''}{point.pk}/"
    point.save(update_fields=["path"])
    record(action="exams.create_point", actor=by, target=f"exams.KnowledgePoint:{point.pk}")
    return point


class ItemRefused(ValueError):
    """The item says nothing or its options and answer do not fit; `reason` is the English message id."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def _refuse_empty(stem: str) -> None:
    if not stem.strip():
        raise ItemRefused("write the question")


@transaction.atomic
def create_item(
    *,
    by: AbstractBaseUser | None,
    bank: Bank,
    type: str,  # noqa: A002  # the word of the bank's TOML and of the model
    stem: str,
    built: Built,
    explanation: str = "",
    number: str = "",
    audience: str = "",
    difficulty: int = 3,
    point: KnowledgePoint | None = None,
    source: str = "",
    language: str = "zh-Hans",
    at: datetime | None = None,
) -> ItemVersion:
    """Add an item with its first version as a draft. Raises ItemRefused or ValidationError."""
    _refuse_empty(stem)
    item = Item(
        bank=bank,
        number=number,
        type=type,
        audience=audience or bank.audience,
        difficulty=difficulty,
        point=point,
        source=source,
        stem_key=stem_key(stem),
        language=language,
    )
    item.full_clean()
    item.save()
    version = _new_version(item, 1, by, stem, built, explanation, at)
    record(action="exams.create_item", actor=by, target=f"exams.Item:{item.pk}")
    return version


def _new_version(
    item: Item,
    number: int,
    by: AbstractBaseUser | None,
    stem: str,
    built: Built,
    explanation: str,
    at: datetime | None,
) -> ItemVersion:
    version = ItemVersion.objects.create(
        item=item,
        number=number,
        stem=stem.strip(),
        content=built.content,
        author_id=by.pk if by else None,
        created_at=at or timezone.now(),
    )
    ItemKey.objects.create(version=version, answer=built.answer, explanation=explanation.strip())
    index_items(item_ids=[item.pk])
    return version


@transaction.atomic
def revise_item(
    *,
    by: AbstractBaseUser | None,
    item: Item,
    stem: str,
    built: Built,
    explanation: str = "",
    at: datetime | None = None,
) -> ItemVersion:
    """Change the wording: the version in work, or a new draft if all are frozen. Raises ItemRefused.

    A version that was in review goes back to draft, and whoever changed it becomes its author.
    """
    _refuse_empty(stem)
    version = reword(by=by, item=item, stem=stem, built=built, explanation=explanation, at=at)
    record(action="exams.revise_item", actor=by, target=f"exams.ItemVersion:{version.pk}")
    return version


def reword(
    *,
    by: AbstractBaseUser | None,
    item: Item,
    stem: str,
    built: Built,
    explanation: str,
    at: datetime | None = None,
) -> ItemVersion:
    """The part of revising that the import shares; the action around it has the audit entry."""
    versions = ItemVersion.objects.select_for_update().filter(item=item).order_by("-number")
    newest = versions.first()
    built = keep_ids(built, newest.content) if newest else built
    if newest is None or newest.frozen_at is not None:
        version = _new_version(item, newest.number + 1 if newest else 1, by, stem, built, explanation, at)
    else:
        version = newest
        version.stem, version.content, version.state = stem.strip(), built.content, VersionState.DRAFT
        version.author_id = by.pk if by else None
        version.save(update_fields=["stem", "content", "state", "author"])
        ItemKey.objects.filter(version=version).update(answer=built.answer, explanation=explanation.strip())
        index_items(item_ids=[item.pk])
    Item.objects.filter(pk=item.pk).update(stem_key=stem_key(stem))
    return version


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version says."""

    stem: str
    built: Built
    explanation: str


@transaction.atomic
def edit_item(*, by: AbstractBaseUser | None, item: Item, wording: Wording | None, **fields: Any) -> Item:
    """Change what describes an item (`fields`), and its wording unless that is None. Raises ItemRefused.

    The type stays: the versions that were used depend on it.
    """
    for name, value in fields.items():
        setattr(item, name, value)
    item.full_clean()
    item.save(update_fields=list(fields) or None)
    if wording is not None:
        revise_item(by=by, item=item, stem=wording.stem, built=wording.built, explanation=wording.explanation)
    else:
        index_items(item_ids=[item.pk])
        record(action="exams.edit_item", actor=by, target=f"exams.Item:{item.pk}")
    return item


class WrongState(ValueError):
    """The version was not in the state that this change starts from."""


def _move(version: ItemVersion, start: str, **fields: Any) -> None:
    if not ItemVersion.objects.filter(pk=version.pk, state=start).update(**fields):
        raise WrongState(version.pk)


@transaction.atomic
def submit_for_review(*, by: AbstractBaseUser | None, version: ItemVersion) -> None:
    """Hand a draft to a second person. Raises WrongState unless it is a draft."""
    _move(version, VersionState.DRAFT, state=VersionState.IN_REVIEW)
    refresh_states(item_ids=[version.item_id])
    record(action="exams.submit_for_review", actor=by, target=f"exams.ItemVersion:{version.pk}")


class OwnWork(ValueError):
    """Whoever wrote a version cannot be the one who approves it."""


@transaction.atomic
def approve_version(*, by: AbstractBaseUser | None, version: ItemVersion, at: datetime | None = None) -> None:
    """Make a reviewed version ready and freeze it; the version before it retires.

    Raises OwnWork if `by` wrote it, WrongState unless it is in review.
    """
    author = ItemVersion.objects.values_list("author_id", flat=True).get(pk=version.pk)
    if by is not None and by.pk == author:
        raise OwnWork(version.pk)
    moment = at or timezone.now()
    ItemVersion.objects.filter(item_id=version.item_id, state=VersionState.READY).update(state=VersionState.RETIRED)
    ItemKey.objects.filter(version_id=version.pk, frozen_at=None).update(frozen_at=moment)
    _move(
        version,
        VersionState.IN_REVIEW,
        state=VersionState.READY,
        reviewer_id=by.pk if by else None,
        frozen_at=moment,
    )
    refresh_states(item_ids=[version.item_id])
    record(action="exams.approve_version", actor=by, target=f"exams.ItemVersion:{version.pk}")


@transaction.atomic
def return_version(*, by: AbstractBaseUser | None, version: ItemVersion, reason: str) -> None:
    """Send a version back to its author, who gets a message. Raises WrongState unless it is in review."""
    _move(version, VersionState.IN_REVIEW, state=VersionState.DRAFT)
    refresh_states(item_ids=[version.item_id])
    record(
        action="exams.return_version",
        actor=by,
        target=f"exams.ItemVersion:{version.pk}",
        details={"reason": reason},
    )
    tell_returned(by=by, version=version, reason=reason)


@transaction.atomic
def retire_item(*, by: AbstractBaseUser | None, item: Item) -> None:
    """Take the ready version out of use; attempts that drew it keep it. Raises WrongState if none is ready."""
    ready = ItemVersion.objects.filter(item=item, state=VersionState.READY)
    if not ready.update(state=VersionState.RETIRED):
        raise WrongState(item.pk)
    refresh_states(item_ids=[item.pk])
    record(action="exams.retire_item", actor=by, target=f"exams.Item:{item.pk}")
