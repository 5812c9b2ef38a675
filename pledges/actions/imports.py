"""Letters from a table: read, shown, taken over or not, undone until they are published."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from organisations.models import Organisation
from pledges import queries
from pledges.actions.registry import in_parts
from pledges.actions.taking import Received, Sender, SentOtherwise, digest_of, submit_rows
from pledges.importers import InvalidRow, Row, TableRow, read_row, read_table, row_from_json
from pledges.models import ImportRow, ImportState, LetterImport, RowState


class NotDecidable(ValueError):
    """The import is not in the state that this starts from, or holds nothing to take over."""


def judge(*, rows: Iterable[TableRow], organisation: Organisation, at: datetime) -> list[ImportRow]:
    """Every row as new, unchanged or wrong, with the reason and the cell. Writes nothing. Two statements. A letter of
    before counts as new if the row says anew how it was kept."""
    today = timezone.localdate(at)
    read = [(row, _read(row, organisation, today)) for row in rows]
    codes = {found.source_code for _row, found in read if isinstance(found, Row)}
    known = queries.submissions_by_code(organisation.pk, codes)
    newest = queries.newest_fulfilments([before.letter_id for before in known.values()])
    seen: dict[str, int] = {}
    judged = []
    for row, found in read:
        if isinstance(found, InvalidRow):
            judged.append(_wrong(row, found.errors))
            continue
        before, first = known.get(found.source_code), seen.setdefault(found.source_code, row.number)
        if first != row.number:
            judged.append(_wrong(row, {"source_code": f"stands in row {first}, too"}))
        elif before is not None and before.digest != digest_of(found):
            judged.append(_wrong(row, {"source_code": "was used before, for another text"}))
        else:
            is_new = before is None or queries.has_news(found, newest.get(before.letter_id))
            judged.append(_right(row, found, RowState.NEW if is_new else RowState.UNCHANGED))
    return judged


def _read(row: TableRow, organisation: Organisation, today: Any) -> Row | InvalidRow:
    try:
        found = read_row(row.values, today=today)
    except InvalidRow as wrong:
        return InvalidRow(wrong.errors | row.flaws)
    if row.flaws:
        return InvalidRow(dict(row.flaws))
    if found.accepting_unit_uscc and found.accepting_unit_uscc.upper() != (organisation.uscc or ""):
        return InvalidRow({"accepting_unit_uscc": "is not the code of the unit whose key this is"})
    return found


def _wrong(row: TableRow, errors: dict[str, str]) -> ImportRow:
    return ImportRow(
        number=row.number,
        name=row.values.get("subject_name", "")[:200],
        source_code=row.values.get("source_code", "")[:64],
        state=RowState.WRONG,
        reasons=[[name, row.cells.get(name, ""), reason] for name, reason in sorted(errors.items())],
    )


def _right(row: TableRow, found: Row, state: str) -> ImportRow:
    data = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in asdict(found).items()}
    return ImportRow(number=row.number, name=found.subject_name, source_code=found.source_code, state=state, data=data)


@transaction.atomic
def read_letters(
    *, by: User | None, organisation: Organisation, file_name: str, data: bytes, at: datetime | None = None
) -> LetterImport:
    """Read a file and show what taking it over would do; no letter comes of it yet. Raises Unreadable."""
    moment = at or timezone.now()
    table = read_table(data)
    batch = LetterImport.objects.create(
        organisation=organisation, by=by, file_name=file_name[-200:], columns=table.columns, created_at=moment
    )
    rows = judge(rows=table.rows, organisation=organisation, at=moment)
    for row in rows:
        row.batch = batch
    ImportRow.objects.bulk_create(rows)
    record(
        action="pledges.read_letters",
        actor=by,
        target=f"pledges.LetterImport:{batch.pk}",
        details={"rows": len(rows), "file": batch.file_name},
    )
    return batch


@transaction.atomic
def take_import(*, by: User | None, batch: LetterImport, only_valid: bool, at: datetime | None = None) -> LetterImport:
    """Take the new rows over: all of the file, or the valid ones only. They are stored and published some minutes
    later, so that it can be undone. Raises NotDecidable."""
    states = queries.row_counts(batch)
    if not states.get(RowState.NEW):
        raise NotDecidable(_("There is no new letter in this file."))
    if states.get(RowState.WRONG) and not only_valid:
        raise NotDecidable(_("Some rows are wrong: mend the file, or take over the valid rows only."))
    moment = at or timezone.now()
    due = moment + timedelta(minutes=settings.LETTER_IMPORT_MINUTES if by is not None else 0)
    if not LetterImport.objects.filter(pk=batch.pk, state=ImportState.SHOWN).update(
        state=ImportState.WAITING, due_at=due
    ):
        raise NotDecidable(_("This file has been decided about before."))
    enqueue(
        kind="pledges.store_import", payload={"batch": batch.pk}, key=f"pledges.store_import:{batch.pk}", run_at=due
    )
    record(action="pledges.take_import", actor=by, target=f"pledges.LetterImport:{batch.pk}", details=dict(states))
    batch.refresh_from_db()
    return batch


@transaction.atomic
def undo_import(*, by: User | None, batch: LetterImport) -> LetterImport:
    """Throw an import away while nothing of it is published. Raises NotDecidable."""
    open_states = [ImportState.SHOWN, ImportState.WAITING]
    if not LetterImport.objects.filter(pk=batch.pk, state__in=open_states).update(
        state=ImportState.UNDONE, due_at=None
    ):
        raise NotDecidable(_("These letters are published. Each can be ended by itself."))
    ImportRow.objects.filter(batch=batch).delete()
    record(action="pledges.undo_import", actor=by, target=f"pledges.LetterImport:{batch.pk}")
    batch.refresh_from_db()
    return batch


def store_import(*, batch_id: int, at: datetime | None = None) -> int:
    """Store and publish what was taken over; returns how many letters are new. From its first commit on it cannot be
    undone; begun again after a crash it goes on to the end, and nothing comes twice."""
    moment = at or timezone.now()
    with transaction.atomic():
        batch = LetterImport.objects.select_related("organisation").select_for_update(of=("self",)).get(pk=batch_id)
        if batch.state not in (ImportState.WAITING, ImportState.STORED):
            return 0
        if batch.state == ImportState.WAITING:
            LetterImport.objects.filter(pk=batch.pk).update(state=ImportState.STORED)
            record(action="pledges.store_import", actor=None, target=f"pledges.LetterImport:{batch.pk}")
    rows = ImportRow.objects.filter(batch=batch, state=RowState.NEW).order_by("number")
    return sum(_store_part(batch, part, moment) for part in in_parts(rows.iterator(chunk_size=500)))


@transaction.atomic
def _store_part(batch: LetterImport, part: tuple[ImportRow, ...], at: datetime) -> int:
    sender = Sender(batch.organisation, batch=batch)
    outcomes = submit_rows(sender=sender, rows=[row_from_json(row.data) for row in part], at=at)
    for row, outcome in zip(part, outcomes, strict=True):
        if isinstance(outcome, SentOtherwise):  # another system used the code since the file was read
            reasons = [["source_code", "", "was used before, for another text"]]
            ImportRow.objects.filter(pk=row.pk).update(state=RowState.WRONG, reasons=reasons)
        elif isinstance(outcome, InvalidRow):  # a letter that ended since can have no finding any more
            reasons = [[name, "", reason] for name, reason in sorted(outcome.errors.items())]
            ImportRow.objects.filter(pk=row.pk).update(state=RowState.WRONG, reasons=reasons)
    return sum(isinstance(outcome, Received) and outcome.is_new for outcome in outcomes)


def prune_imports(*, at: datetime | None = None) -> int:
    """Forget the rows of imports that were decided or left alone for thirty days; returns how many. No business fact:
    the letters stay."""
    before = (at or timezone.now()) - timedelta(days=30)
    return ImportRow.objects.filter(batch__created_at__lt=before).delete()[0]
