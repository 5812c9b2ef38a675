"""Put the accepted blocks of an import into the bank, and take them out again while nobody has worked on them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone

from exams.actions.bank import reword
from exams.actions.imports import NotNow
from exams.actions.indexing import forget_items, index_items
from exams.importers.blocks import Block
from exams.importers.composing import compose
from exams.importers.identity import stem_key
from exams.importers.plain import Built
from exams.models import (
    Fate,
    ImportBatch,
    ImportBlock,
    ImportState,
    Item,
    ItemIndex,
    ItemKey,
    ItemVersion,
    KnowledgePoint,
    Verdict,
    VersionState,
)
from exams.queries.described import described, points_named
from exams.queries.imports import Known, Plan, block_of, plans_of, row_of, same_wording, settle
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue

# So many blocks are stored in one transaction; a larger batch goes on in the background, portion after portion.
PORTION = 300
STORE_JOB = "exams.import_store"
TWINS_JOB = "exams.import_twins"
CHANGED = "bank-changed"


class NothingToStore(ValueError):
    """No block of the batch is accepted and changes anything."""


@transaction.atomic
def store_import(*, by: AbstractBaseUser | None, batch: ImportBatch, hand_in: bool, at: datetime | None = None) -> None:
    """Store what is accepted as drafts, or hand them in for review at once (`hand_in`); never as ready.

    Up to PORTION blocks in this transaction, more in the background. Raises NotNow or NothingToStore.
    """
    found = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if found.state != ImportState.PREVIEW:
        raise NotNow(found.state)
    waiting = _waiting(found).count()
    if not waiting:
        raise NothingToStore(found.pk)
    found.state, found.hand_in, found.done, found.total = ImportState.STORING, hand_in, 0, waiting
    found.stored_by_id, found.stored_at = by.pk if by else None, at or timezone.now()
    found.save(update_fields=["state", "hand_in", "done", "total", "stored_by", "stored_at"])
    record(
        action="exams.store_import",
        actor=by,
        target=f"exams.ImportBatch:{found.pk}",
        details={"bank": found.bank_id, "blocks": waiting, "hand_in": hand_in},
    )
    _go_on(found, waiting)


def _go_on(batch: ImportBatch, waiting: int) -> None:
    if waiting <= PORTION:
        continue_import(payload={"batch": batch.pk}, result=None)
    else:
        enqueue(kind=STORE_JOB, payload={"batch": batch.pk})


@transaction.atomic
def continue_import(*, payload: dict[str, Any], result: object) -> None:
    """One portion of storing or undoing, and a job for the next one. Repeating it does no harm."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("bank", "stored_by")
    batch = locked.get(pk=payload["batch"])
    if batch.state == ImportState.STORING:
        rows = list(_waiting(batch)[:PORTION])
        _store(batch, rows)
        left, ended = _waiting(batch).exists(), ImportState.STORED
    elif batch.state == ImportState.UNDOING:
        rows = list(_stored(batch)[:PORTION])
        _take_out(batch, rows)
        left, ended = _stored(batch).exists(), ImportState.UNDONE
    else:
        return
    batch.done += len(rows)
    if left:
        enqueue(kind=STORE_JOB, payload=payload)
    else:
        batch.state = ended
    batch.save(update_fields=["done", "state"])


def _waiting(batch: ImportBatch) -> models.QuerySet[ImportBlock]:
    return ImportBlock.objects.filter(batch=batch, lane=Verdict.ACCEPT, outcome="").order_by("order")


def _stored(batch: ImportBatch) -> models.QuerySet[ImportBlock]:
    done = ImportBlock.objects.filter(batch=batch, outcome__in=[Fate.NEW, Fate.UPDATE]).exclude(item=None)
    return done.select_related("item", "version").order_by("-order")


def _store(batch: ImportBatch, rows: Sequence[ImportBlock]) -> None:
    """Store what still is what the person saw; the rest goes back to be looked at."""
    plans = plans_of(batch, rows)
    new: list[tuple[ImportBlock, Block, Plan]] = []
    points = _points(batch, [block_of(row) for row in rows])
    for row in rows:
        block, plan, seen = block_of(row), plans[row.order], (row.fate, row.match_id)
        if seen != (plan.fate, plan.known.item.pk if plan.known else None):
            settle(row, plan)
            row.lane, row.notes = Verdict.REVIEW, [CHANGED, *row.notes]
        elif plan.known is None:
            new.append((row, block, plan))
        else:
            _change(batch, row, block, plan.known, points)
    _create(batch, new, points)
    _index(rows)
    ImportBlock.objects.bulk_update(
        rows, ["lane", "notes", "fate", "match", "outcome", "item", "version", "previous"], batch_size=PORTION
    )


def _index(rows: Sequence[ImportBlock]) -> None:
    """The list and the search know the items at once; which ones are alike is found in the background."""
    touched = [row.item_id for row in rows if row.item_id and row.outcome in (Fate.NEW, Fate.UPDATE)]
    if touched:
        index_items(item_ids=touched, twins=False)
        enqueue(kind=TWINS_JOB, payload={"items": touched})


def _points(batch: ImportBatch, blocks: Sequence[Block]) -> dict[str, list[KnowledgePoint]]:
    """Knowledge points by name; missing ones are made at the top of the tree if the uploader asked for it."""
    names = dict.fromkeys(block.points[0].strip() for block in blocks if block.points)
    found = points_named(names)
    for name in names if batch.create_points else []:
        if name and name not in found and len(name) <= 80:
            point = KnowledgePoint.objects.create(name=name)
            KnowledgePoint.objects.filter(pk=point.pk).update(path=f"{point.pk}/")
            found[name] = [point]
    return found


def _create(
    batch: ImportBatch, new: Sequence[tuple[ImportBlock, Block, Plan]], points: Mapping[str, list[KnowledgePoint]]
) -> None:
    """New items with their first versions, in a few statements however many there are."""
    items = [
        Item(
            bank=batch.bank,
            type=block.type,
            number=plan.number,
            stem_key=stem_key(block.stem),
            **{"audience": batch.bank.audience} | described(block, points),
        )
        for _row, block, plan in new
    ]
    Item.objects.bulk_create(items)
    state = VersionState.IN_REVIEW if batch.hand_in else VersionState.DRAFT
    built = [compose(block) for _row, block, _plan in new]
    versions = [
        ItemVersion(
            item=item,
            number=1,
            stem=block.stem.strip(),
            content=made.content,
            state=state,
            author_id=batch.stored_by_id,
            created_at=batch.stored_at or timezone.now(),
        )
        for item, (_row, block, _plan), made in zip(items, new, built, strict=True)
    ]
    ItemVersion.objects.bulk_create(versions)
    ItemKey.objects.bulk_create(
        ItemKey(version=version, answer=made.answer, explanation=(block.explanation or "").strip())
        for version, (_row, block, _plan), made in zip(versions, new, built, strict=True)
    )
    for (row, _block, _plan), item, version in zip(new, items, versions, strict=True):
        row.outcome, row.item, row.version, row.previous = Fate.NEW, item, version, {"made": True}


def _change(
    batch: ImportBatch, row: ImportBlock, block: Block, known: Known, points: Mapping[str, list[KnowledgePoint]]
) -> None:
    """Change an item's fields and wording as far as they differ, keeping what was there before."""
    fresh = row_of(row.order, block, row.decision, batch)
    item, fields = known.item, described(block, points)
    if fresh.named and not item.number:
        fields["number"] = fresh.number
    changed = {name: value for name, value in fields.items() if getattr(item, name) != value}
    before: dict[str, Any] = {"fields": {n: [_flat(getattr(item, n)), _flat(v)] for n, v in changed.items()}}
    row.item, row.version = item, known.version
    for name, value in changed.items():
        setattr(item, name, value)
    if changed:
        item.save(update_fields=list(changed))
    if not same_wording(known, fresh):
        before |= _reword(batch, row, block, known)
    row.outcome = Fate.UPDATE if changed or "made" in before else Fate.UNCHANGED
    row.previous = before if row.outcome == Fate.UPDATE else None


def _reword(batch: ImportBatch, row: ImportBlock, block: Block, known: Known) -> dict[str, Any]:
    """A new version if the newest is frozen, else the version in work; returns what is needed to undo that."""
    old = known.version
    explanation = old.key.explanation if block.explanation is None else block.explanation
    before = {
        "made": old.frozen_at is not None,
        "wording": {
            "stem": old.stem,
            "content": old.content,
            "state": old.state,
            "author": old.author_id,
            "answer": old.key.answer,
            "explanation": old.key.explanation,
        },
    }
    built = compose(block)
    if "pictures" in old.content:  # no file brings them in, so none takes them away
        built = Built({**built.content, "pictures": old.content["pictures"]}, built.answer)
    version = reword(
        by=batch.stored_by,
        item=known.item,
        stem=block.stem,
        built=built,
        explanation=explanation,
        at=batch.stored_at,
    )
    if batch.hand_in:
        ItemVersion.objects.filter(pk=version.pk).update(state=VersionState.IN_REVIEW)
    row.version = version
    return before


def _flat(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


class CannotUndo(ValueError):
    """Somebody has worked on what was stored; `items` are (primary keys of) the first items that show it."""

    def __init__(self, items: Sequence[int]) -> None:
        self.items = items
        super().__init__(items)


@transaction.atomic
def undo_import(*, by: AbstractBaseUser | None, batch: ImportBatch) -> None:
    """Take everything that a batch stored out of the bank again: all of it or nothing.

    Raises NotNow, or CannotUndo if an item of it was reviewed, used, edited or commented on since.
    """
    found = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if found.state != ImportState.STORED:
        raise NotNow(found.state)
    worked_on = [item for rows in _portions(found) for item in _worked_on(found, rows)]
    if worked_on:
        raise CannotUndo(worked_on[:20])
    waiting = _stored(found).count()
    found.state, found.done, found.total = ImportState.UNDOING, 0, waiting
    found.save(update_fields=["state", "done", "total"])
    record(
        action="exams.undo_import",
        actor=by,
        target=f"exams.ImportBatch:{found.pk}",
        details={"bank": found.bank_id, "blocks": waiting},
    )
    _go_on(found, waiting)


def _portions(batch: ImportBatch) -> Iterator[list[ImportBlock]]:
    rows = list(_stored(batch))
    for start in range(0, len(rows), PORTION):
        yield rows[start : start + PORTION]


def _worked_on(batch: ImportBatch, rows: Sequence[ImportBlock]) -> list[int]:
    """Items whose stored wording is not as the import left it, or that something else refers to."""
    touched = {row.item_id for row in rows if not _untouched(batch, row)}
    made = [row for row in rows if (row.previous or {}).get("made")]
    new = [row.item_id for row in made if row.outcome == Fate.NEW]
    touched |= _referred_to(Item, new, (ItemVersion, ImportBlock, ItemIndex))
    versions = {row.version_id: row.item_id for row in made}
    touched |= {versions[pk] for pk in _referred_to(ItemVersion, list(versions), (ItemKey, ImportBlock, ItemIndex))}
    return sorted(pk for pk in touched if pk is not None)


def _untouched(batch: ImportBatch, row: ImportBlock) -> bool:
    """True if the item still is as the import left it."""
    before, item, version = row.previous or {}, row.item, row.version
    if item is None or version is None:
        return False
    if any(_flat(getattr(item, name)) != after for name, (_old, after) in before.get("fields", {}).items()):
        return False
    if "made" not in before:
        return True
    newest = not ItemVersion.objects.filter(item=item, number__gt=version.number).exists()
    state = VersionState.IN_REVIEW if batch.hand_in else VersionState.DRAFT
    known = Known.of(item, version)
    fresh = row_of(row.order, block_of(row), row.decision, batch)
    return newest and version.state == state and version.author_id == batch.stored_by_id and same_wording(known, fresh)


def _referred_to(model: type[models.Model], keys: Sequence[Any], own: Sequence[type[models.Model]]) -> set[Any]:
    """Those of `keys` that rows of any other table point to: papers, comments, attempts."""
    found: set[Any] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        other: Any = relation.related_model
        foreign = relation.auto_created and not relation.concrete and not relation.many_to_many
        if foreign and other not in own and not other._meta.auto_created:
            name = relation.field.attname  # type: ignore[union-attr]
            found |= set(other._default_manager.filter(**{f"{name}__in": keys}).values_list(name, flat=True))
    return found


def _take_out(batch: ImportBatch, rows: Sequence[ImportBlock]) -> None:
    """Undo one portion. Raises CannotUndo if somebody began to work on one of them in the meantime."""
    worked_on = _worked_on(batch, rows)
    if worked_on:
        raise CannotUndo(worked_on)
    ours = [row.pk for row in rows]
    ImportBlock.objects.filter(pk__in=ours).update(item=None, version=None)
    gone = [row.version_id for row in rows if row.version_id and (row.previous or {}).get("made")]
    ItemKey.objects.filter(version__in=gone).delete()
    ItemVersion.objects.filter(pk__in=gone).delete()
    for row in rows:
        if row.outcome == Fate.UPDATE:
            _restore(row)
    new = [row.item_id for row in rows if row.item_id and row.outcome == Fate.NEW]
    forget_items(item_ids=new)
    Item.objects.filter(pk__in=new).delete()
    index_items(item_ids=[row.item_id for row in rows if row.item_id and row.outcome == Fate.UPDATE])


def _restore(row: ImportBlock) -> None:
    """Give an item back the fields and the wording that the import changed."""
    before, item, version = row.previous or {}, row.item, row.version
    if item is None or version is None:
        return
    fields = {(f"{n}_id" if n == "point" else n): old for n, (old, _new) in before.get("fields", {}).items()}
    if "wording" in before:
        wording = before["wording"]
        fields["stem_key"] = stem_key(wording["stem"])
        if not before["made"]:
            ItemVersion.objects.filter(pk=version.pk).update(
                stem=wording["stem"],
                content=wording["content"],
                state=wording["state"],
                author_id=wording["author"],
            )
            ItemKey.objects.filter(version=version.pk).update(
                answer=wording["answer"], explanation=wording["explanation"]
            )
    if fields:
        Item.objects.filter(pk=item.pk).update(**fields)
