"""Change many items at once: begun with one audit entry, done in portions, undone where that makes sense."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from exams.actions.bank import WrongState
from exams.actions.indexing import index_items, refresh_states
from exams.models import BulkChange, BulkState, Item, ItemKey, ItemVersion, KnowledgePoint, VersionState
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue

FIELDS = ("point", "difficulty", "audience", "language", "source")
VERBS = ("submit", "approve", "retire")
PORTION = 500


@transaction.atomic
def change_many(
    *, by: AbstractBaseUser, item_ids: Iterable[int], verb: str, value: Any = None, at: datetime | None = None
) -> BulkChange:
    """Set a field of many items, or move all of them on. Up to 500 at once, more by a job.

    `verb` is one of FIELDS (`value` is what is stored there; for `point` a primary key or None) or of VERBS. Items
    that the verb does not fit are left alone and listed; approving leaves alone what `by` wrote.
    Raises ValueError for another verb, ValidationError for a value that the field does not take.
    """
    if verb not in FIELDS + VERBS:
        raise ValueError(verb)
    _check(verb, value)
    ids = list(dict.fromkeys(item_ids))
    change = BulkChange.objects.create(
        verb=verb, value=value, items=ids, made_by_id=by.pk, made_at=at or timezone.now()
    )
    details = {"verb": verb, "value": value, "items": len(ids)}
    record(action="exams.change_many", actor=by, target=f"exams.BulkChange:{change.pk}", details=details)
    _go_on(change)
    return change


def _field(name: str) -> Any:
    return Item._meta.get_field(name)


def _check(verb: str, value: Any) -> None:
    """Raises ValidationError, or KnowledgePoint.DoesNotExist."""
    if verb == "point":
        if value is not None:
            KnowledgePoint.objects.get(pk=value)
    elif verb in FIELDS:
        _field(verb).clean(value, None)


def _go_on(change: BulkChange) -> None:
    """Do one portion in this transaction; the next one is a job of its own."""
    portion = change.items[change.done : change.done + PORTION]
    refused = _set(change, portion) if change.verb in FIELDS else _move(change, portion)
    change.refused += refused
    change.done += len(portion)
    if change.done >= len(change.items):
        change.state = BulkState.DONE
    else:
        enqueue(kind="exams.change_many", payload={"change": change.pk}, key=f"exams.bulk:{change.pk}:{change.done}")
    change.save(update_fields=["before", "refused", "done", "state"])


def go_on_changing(*, change_id: int) -> None:
    """The job: one more portion. In the job's transaction."""
    change = BulkChange.objects.select_for_update().get(pk=change_id)
    if change.state == BulkState.RUNNING:
        _go_on(change)


def _set(change: BulkChange, portion: Sequence[int]) -> list[int]:
    """Store the value in items that have another; what they had is kept."""
    column = _field(change.verb).attname
    items = Item.objects.select_for_update().filter(pk__in=portion)
    had = {pk: old for pk, old in items.values_list("pk", column) if old != change.value}
    Item.objects.filter(pk__in=had).update(**{column: change.value})
    change.before |= {str(pk): old for pk, old in had.items()}
    if change.verb == "source":
        index_items(item_ids=had, twins=False)
    return [pk for pk in portion if pk not in had]


def _move(change: BulkChange, portion: Sequence[int]) -> list[int]:
    """Hand in, approve or retire what is in the state for it."""
    start = {"submit": VersionState.DRAFT, "approve": VersionState.IN_REVIEW, "retire": VersionState.READY}
    versions = ItemVersion.objects.select_for_update().filter(item_id__in=portion, state=start[change.verb])
    if change.verb == "approve":
        versions = versions.exclude(author_id=change.made_by_id)
    moved = dict(versions.values_list("pk", "item_id"))
    if change.verb == "approve":
        _approve(moved, change)
    else:
        end = VersionState.IN_REVIEW if change.verb == "submit" else VersionState.RETIRED
        ItemVersion.objects.filter(pk__in=moved).update(state=end)
    refresh_states(item_ids=moved.values())
    fitting = set(moved.values())
    return [pk for pk in portion if pk not in fitting]


def _approve(moved: dict[int, int], change: BulkChange) -> None:
    now = timezone.now()
    ItemVersion.objects.filter(item_id__in=moved.values(), state=VersionState.READY).update(state=VersionState.RETIRED)
    ItemKey.objects.filter(version_id__in=moved, frozen_at=None).update(frozen_at=now)
    ItemVersion.objects.filter(pk__in=moved).update(
        state=VersionState.READY, reviewer_id=change.made_by_id, frozen_at=now
    )


@transaction.atomic
def undo_many(*, by: AbstractBaseUser, change: BulkChange) -> int:
    """Put back what was there before, where nobody has changed it since; returns in how many items.

    Fields only: what was handed in, approved or retired is moved back item by item. Raises WrongState.
    """
    done = BulkChange.objects.filter(pk=change.pk, state=BulkState.DONE, verb__in=FIELDS)
    if not done.update(state=BulkState.UNDONE):
        raise WrongState(change.pk)
    column = _field(change.verb).attname
    by_value: dict[Any, list[int]] = {}
    for pk, old in change.before.items():
        by_value.setdefault(old, []).append(int(pk))
    count = 0
    for old, ids in by_value.items():
        for start in range(0, len(ids), PORTION):
            count += Item.objects.filter(pk__in=ids[start : start + PORTION], **{column: change.value}).update(
                **{column: old}
            )
    if change.verb == "source":
        index_items(item_ids=[int(pk) for pk in change.before], twins=False)
    record(action="exams.undo_many", actor=by, target=f"exams.BulkChange:{change.pk}", details={"items": count})
    return count
