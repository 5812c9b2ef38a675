"""Take a file in, read it, mend what was read and decide. Nothing here touches the bank."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from exams.importers.blocks import ACCEPT, REJECT, REVIEW, Block, Unreadable, counts
from exams.importers.stored import clean, to_json
from exams.models import (
    Bank,
    Decision,
    Fate,
    ImportBatch,
    ImportBlock,
    ImportFormat,
    ImportState,
    NumberRule,
    import_path,
    private_storage,
)
from exams.queries.imports import (
    Plan,
    Planner,
    Row,
    block_of,
    group_of,
    lane_of,
    plans_of,
    problem_of,
    row_of,
    settle,
    with_bare_marks,
)
from exams.queries.reading import known_format, read_file
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue

# Up to this size a file is read in the request; beyond it in the background, with a page that shows how far it is.
AT_ONCE_BYTES = 128 * 1024
CHUNK = 500
READ_JOB = "exams.import_read"


class NotNow(ValueError):
    """The batch is not in the state that this change starts from."""


class CannotDecide(ValueError):
    """The block cannot be stored like that; the text is an English message id."""


def start_import(
    *,
    by: AbstractBaseUser | None,
    bank: Bank,
    data: bytes,
    filename: str,
    format: str = ImportFormat.AUTO,  # noqa: A002  # the word of the command
    numbers: str = NumberRule.AUTO,
    create_points: bool = False,
    at: datetime | None = None,
) -> ImportBatch:
    """Keep the file and read it: at once if it is small, else in the background. Raises Unreadable."""
    found = known_format(data, filename, format)
    blocks = read_file(data, filename, found) if len(data) <= AT_ONCE_BYTES else None
    batch = ImportBatch(
        bank=bank,
        filename=clean(filename)[-200:],
        format=found,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        numbers=numbers,
        create_points=create_points,
        uploaded_by_id=by.pk if by else None,
        created_at=at or timezone.now(),
    )
    storage = private_storage()
    batch.file.name = storage.save(import_path(batch, filename), ContentFile(data))
    try:
        _open(batch, by, blocks)
    except BaseException:
        storage.delete(batch.file.name)
        raise
    return batch


@transaction.atomic
def _open(batch: ImportBatch, by: AbstractBaseUser | None, blocks: Sequence[Block] | None) -> None:
    batch.save()
    record(
        action="exams.start_import",
        actor=by,
        target=f"exams.ImportBatch:{batch.pk}",
        details={"bank": batch.bank_id, "file": batch.filename, "sha256": batch.sha256},
    )
    if blocks is None:
        enqueue(kind=READ_JOB, payload={"batch": batch.pk}, key=f"{READ_JOB}:{batch.pk}")
    else:
        _fill(batch, blocks)
        _show(batch, blocks)


def _fill(batch: ImportBatch, blocks: Sequence[Block]) -> None:
    """Write the blocks with their plans, each portion in a transaction. Repeating it changes nothing."""
    rows = [row_of(order, block, "", batch) for order, block in enumerate(with_bare_marks(batch, blocks), 1)]
    plans = Planner(batch, rows).plans()
    for start in range(0, len(rows), CHUNK):
        with transaction.atomic():
            part = [_row(batch, row, plans[row.order]) for row in rows[start : start + CHUNK]]
            ImportBlock.objects.bulk_create(part, ignore_conflicts=True)
            ImportBatch.objects.filter(pk=batch.pk).update(total=len(rows), done=start + len(part))


def _row(batch: ImportBatch, row: Row, plan: Plan) -> ImportBlock:
    block = row.block
    return ImportBlock(
        batch=batch,
        order=row.order,
        line=block.line,
        line_end=max(block.line, block.line_end),
        raw=clean(block.raw),
        reading=to_json(block),
        status=block.status,
        reasons=[clean(reason) for reason in block.reasons],
        stem_key=row.key,
        number=clean(row.number),
        fate=plan.fate,
        notes=[clean(note) for note in plan.notes],
        lane=lane_of(block.status, plan.fate, ""),
        match=plan.known.item if plan.known else None,
    )


def _show(batch: ImportBatch, blocks: Sequence[Block]) -> None:
    found = counts(blocks)
    batch.total, batch.done = len(blocks), 0
    batch.accepted, batch.to_review, batch.rejected = found[ACCEPT], found[REVIEW], found[REJECT]
    batch.state = ImportState.PREVIEW
    batch.save(update_fields=["total", "done", "accepted", "to_review", "rejected", "state"])


def read_in_background(*, payload: dict[str, Any]) -> dict[str, Any]:
    """The slow half of the job: read and write the blocks, which nobody sees yet. Returns what `show_batch` needs."""
    batch = ImportBatch.objects.select_related("bank").get(pk=payload["batch"])
    if batch.state != ImportState.READING:
        return {}
    with batch.file.open("rb") as stored:
        data = stored.read()
    try:
        blocks = read_file(data, batch.filename, batch.format)
    except Unreadable as error:
        return {"error": str(error)[:200]}
    _fill(batch, blocks)
    return {"blocks": blocks}


@transaction.atomic
def show_batch(*, payload: dict[str, Any], result: dict[str, Any]) -> None:
    """The short half: open the preview, or say why the file is unreadable."""
    batch = ImportBatch.objects.select_for_update().get(pk=payload["batch"])
    if batch.state != ImportState.READING or not result:
        return
    if "error" in result:
        batch.state, batch.error = ImportState.FAILED, result["error"]
        batch.save(update_fields=["state", "error"])
    else:
        _show(batch, result["blocks"])


def _locked(batch: ImportBatch, *states: str) -> ImportBatch:
    """The batch, held until the transaction ends. Raises NotNow."""
    found = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if found.state not in states:
        raise NotNow(found.state)
    return found


@transaction.atomic
def mend_block(*, by: AbstractBaseUser, row: ImportBlock, block: Block) -> ImportBlock:
    """Put what a person says a block means in the place of what was read, and check it again.

    Raises NotNow, or CannotDecide if that is no whole item.
    """
    batch = _locked(row.batch, ImportState.PREVIEW)
    row = ImportBlock.objects.get(pk=row.pk)
    if problem := problem_of(block):
        raise CannotDecide(problem)
    before = [row.stem_key, row.number]
    if row.original is None:
        row.original = row.reading | {"status": row.status, "reasons": row.reasons}
    row.reading = to_json(block)
    row.status, row.reasons = ACCEPT, []
    row.mended_by_id = by.pk
    row.decision, row.decided_by = "", None
    _restamp(batch, row)
    row.save()
    _replan(batch, [row], before)
    record(action="exams.mend_block", actor=by, target=f"exams.ImportBlock:{row.pk}")
    row.refresh_from_db()
    return row


@transaction.atomic
def unmend_block(*, by: AbstractBaseUser, row: ImportBlock) -> ImportBlock:
    """Go back to what the reader had read. Raises NotNow."""
    batch = _locked(row.batch, ImportState.PREVIEW)
    row = ImportBlock.objects.get(pk=row.pk)
    before = [row.stem_key, row.number]
    if row.original is not None:
        row.reading = {k: v for k, v in row.original.items() if k not in ("status", "reasons")}
        row.status, row.reasons = row.original["status"], row.original["reasons"]
        row.original, row.mended_by = None, None
    row.decision, row.decided_by = "", None
    _restamp(batch, row)
    row.save()
    _replan(batch, [row], before)
    record(action="exams.unmend_block", actor=by, target=f"exams.ImportBlock:{row.pk}")
    row.refresh_from_db()
    return row


def _restamp(batch: ImportBatch, row: ImportBlock) -> None:
    """Key and number of the reading as it is now."""
    fresh = row_of(row.order, block_of(row), "", batch)
    row.stem_key, row.number = fresh.key, clean(fresh.number)


@transaction.atomic
def decide_block(*, by: AbstractBaseUser, row: ImportBlock, decision: str) -> ImportBlock:
    """Accept, leave out, or settle what a block is to the item that looks the same; "" takes a decision back.

    Raises NotNow, or CannotDecide if the block is no whole item or the decision does not fit.
    """
    batch = _locked(row.batch, ImportState.PREVIEW)
    row = ImportBlock.objects.select_related("match").get(pk=row.pk)
    if decision not in ("", Decision.SKIP):
        problem = problem_of(block_of(row))
        if row.status == REJECT:
            problem = "mend it first: it was read as no question"
        elif decision == Decision.ACCEPT and row.fate == Fate.CONFLICT:
            problem = "decide between a new item and a new wording"
        elif decision == Decision.UPDATE and (row.match is None or row.match.type != row.reading["type"]):
            problem = "there is no item of that type to change"
        if problem:
            raise CannotDecide(problem)
    row.decision, row.decided_by_id = decision, by.pk if decision else None
    row.save(update_fields=["decision", "decided_by"])
    _replan(batch, [row], [row.stem_key, row.number])
    record(action="exams.decide_block", actor=by, target=f"exams.ImportBlock:{row.pk}", details={"decision": decision})
    row.refresh_from_db()
    return row


def _replan(batch: ImportBatch, rows: Sequence[ImportBlock], before: Sequence[str]) -> None:
    """Plan `rows` again, and those of the batch that are about the same question now or were before."""
    shadow = ImportBlock(batch=batch, order=0, stem_key=before[0], number=before[1])
    near = [row for row in group_of(batch, [*rows, shadow]) if row.pk is not None]
    plans = plans_of(batch, near)
    for row in near:
        settle(row, plans[row.order])
    ImportBlock.objects.bulk_update(near, ["fate", "notes", "lane", "match"])


@transaction.atomic
def discard_import(*, by: AbstractBaseUser | None, batch: ImportBatch) -> None:
    """Put a batch away that nobody wants to store. Raises NotNow once it was stored."""
    found = _locked(batch, ImportState.PREVIEW, ImportState.FAILED)
    found.state, found.error = ImportState.DISCARDED, ""
    found.save(update_fields=["state", "error"])
    record(action="exams.discard_import", actor=by, target=f"exams.ImportBatch:{found.pk}")
