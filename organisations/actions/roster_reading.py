"""Take a roster in, read it and compare it. Nothing here touches a person or a unit."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from accounts.keys import id_digest, id_mask
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from organisations import files
from organisations.actions.roster_telling import tell_of_roster
from organisations.importers.columns import fold
from organisations.importers.lines import FIELDS, Line, Unreadable
from organisations.importers.rosters import Roster
from organisations.models import (
    Organisation,
    RosterColumns,
    RosterImport,
    RosterLeaver,
    RosterRow,
    RosterState,
    RowStatus,
)
from organisations.queries.matching import Candidate, Plan, Planner, Twins
from organisations.queries.rosters import leavers_of, reader

# Up to this size a file is read in the request; beyond it in the background, with a page that shows how far it is.
AT_ONCE_BYTES = 64 * 1024
CHUNK = 500
MOST_HEADERS = 2_000
READ_JOB = "organisations.roster_read"


class NotNow(ValueError):
    """The import is not in the state that this change starts from."""


class UnitGone(ValueError):
    """The organisation was closed."""


def start_roster(
    *,
    by: AbstractBaseUser | None,
    organisation: Organisation,
    data: bytes,
    filename: str,
    is_complete: bool = False,
    makes_units: bool = False,
    at: datetime | None = None,
) -> RosterImport:
    """Keep a file and read it: at once if it is small, else in the background. Raises Unreadable or UnitGone."""
    if organisation.closed_on:
        raise UnitGone(organisation.pk)
    refuse_size(len(data))
    found = reader(organisation, data)
    if len(data) <= AT_ONCE_BYTES:
        found.look()
    roster = RosterImport(
        organisation=organisation,
        filename=filename.replace("\x00", "")[-200:],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        is_complete=is_complete,
        makes_units=makes_units,
        uploaded_by_id=by.pk if by else None,
        created_at=at or timezone.now(),
    )
    roster.file.name = files.keep(data)
    try:
        _open(roster, by, data)
    except BaseException:
        files.forget(roster.file.name or "")
        raise
    return roster


def refuse_size(size: int) -> None:
    """Raises Unreadable("too-large" or "empty")."""
    if size > settings.UPLOAD_MAX_BYTES:
        raise Unreadable("too-large", str(settings.UPLOAD_MAX_BYTES // (1024 * 1024)))
    if not size:
        raise Unreadable("empty")


@transaction.atomic
def _open(roster: RosterImport, by: AbstractBaseUser | None, data: bytes) -> None:
    roster.save()
    record(
        action="organisations.start_roster",
        actor=by,
        target=f"organisations.RosterImport:{roster.pk}",
        details={"organisation": roster.organisation_id, "sha256": roster.sha256},
    )
    if roster.size > AT_ONCE_BYTES:
        enqueue(kind=READ_JOB, payload={"roster": roster.pk})
    else:
        show_roster(payload={"roster": roster.pk}, result=_fill(roster, data))
        roster.refresh_from_db()


def read_in_background(*, payload: dict[str, Any]) -> dict[str, Any]:
    """The slow half of the job: read, compare and write rows that nobody sees yet. Doing it again begins anew."""
    roster = RosterImport.objects.select_related("organisation").get(pk=payload["roster"])
    if roster.state != RosterState.READING:
        return {}
    data = files.read(roster)
    if data is None:
        return {"error": "file-gone"}
    try:
        return _fill(roster, data)
    except Unreadable as error:
        return {"error": str(error)[:200]}


def read_rows(organisation: Organisation, found: Roster, *, makes_units: bool) -> Iterator[list[RosterRow]]:
    """Rows of a file with what they would do, a portion at a time; what the whole file says against some comes last.

    Writes nothing. The last portions hold rows that came before, with their flaws.
    """
    planner, twins = Planner(organisation, makes_units=makes_units), Twins()
    lines = found.lines()
    while portion := list(islice(lines, CHUNK)):
        candidates = [_candidate(line) for line in portion]
        plans = planner.plans(candidates)
        for candidate, plan in zip(candidates, plans, strict=True):
            twins.add(candidate, plan)
        rows = zip(portion, candidates, plans, strict=True)
        yield [row_of(line, candidate, plan) for line, candidate, plan in rows]
    yield from ([RosterRow(order=o, reasons=[reason], cell=cell)] for o, reason, cell in _late(found, twins))


def _late(found: Roster, twins: Twins) -> Iterator[tuple[int, str, str]]:
    for late in found.late:
        yield late.order, late.code, late.cell
    for order, other, code in twins.found:
        yield order, f"twice: {code} {other}", ""


def _candidate(line: Line) -> Candidate:
    number = line.id_number
    return Candidate(
        line.order,
        line.values,
        line.parts,
        line.kind,
        id_digest(number) if number else "",
        id_mask(number) if number else "",
        list(line.reasons),
    )


def row_of(line: Line, candidate: Candidate, plan: Plan) -> RosterRow:
    """The row to be stored."""
    values = dict(line.values)
    row = RosterRow(
        order=line.order,
        sheet=line.sheet[:60],
        row=line.row,
        cell=line.cell,
        name=values.pop("name", ""),
        values=values,
        parts=list(line.parts),
        kind=line.kind,
        id_digest=candidate.id_digest,
        id_mask=candidate.id_mask,
        flaws=candidate.flaws,
    )
    settle(row, plan)
    return row


def settle(row: RosterRow, plan: Plan) -> None:
    """Write into a row what it would do."""
    row.status, row.reasons, row.changes = plan.status, plan.reasons, plan.changes
    row.person = plan.person
    row.unit = plan.place.unit if not plan.place.missing else None


def _fill(roster: RosterImport, data: bytes) -> dict[str, Any]:
    """Write all rows. Raises Unreadable."""
    roster.rows.all().delete()
    roster.leavers.all().delete()
    found = reader(roster.organisation, data)
    _keep_headers(roster, found)
    done = 0
    blamed: dict[int, tuple[list[str], str]] = {}
    for rows in read_rows(roster.organisation, found, makes_units=roster.makes_units):
        if rows[0].status:
            for row in rows:
                row.roster = roster
            RosterRow.objects.bulk_create(rows, ignore_conflicts=True)
            done += len(rows)
            RosterImport.objects.filter(pk=roster.pk).update(done=done)
        else:
            reasons, _cell = blamed.setdefault(rows[0].order, ([], rows[0].cell))
            reasons.extend(rows[0].reasons)
    _blame(roster, blamed)
    _propose(roster)
    return {"total": done, "skipped": found.skipped}


def _keep_headers(roster: RosterImport, found: Roster) -> None:
    """What the columns are taken for, and about how many rows there are. Raises Unreadable."""
    roster.headers = [[h.sheet, h.letter, h.text, h.field, h.known] for h in found.look()][:MOST_HEADERS]
    roster.expected = min(found.expected, settings.ROSTER_MAX_ROWS)
    RosterImport.objects.filter(pk=roster.pk).update(headers=roster.headers, expected=roster.expected)


def _blame(roster: RosterImport, blamed: dict[int, tuple[list[str], str]]) -> None:
    """Rows that are wrong because of others."""
    orders = sorted(blamed)
    for start in range(0, len(orders), CHUNK):
        rows = list(roster.rows.filter(order__in=orders[start : start + CHUNK]))
        for row in rows:
            reasons, cell = blamed[row.order]
            blame(row, reasons, cell)
        RosterRow.objects.bulk_update(rows, ["status", "flaws", "reasons", "changes", "cell"])


def blame(row: RosterRow, reasons: Sequence[str], cell: str) -> None:
    """Mark one row as wrong. One sentence for each other row is enough."""
    kept = dict.fromkeys([*row.reasons, *reasons])
    others: set[str] = set()
    for reason in list(kept):
        other = reason.rsplit(" ", 1)[-1]
        if reason.startswith("twice: ") and (other in others or len(others) > 2):
            del kept[reason]
        elif reason.startswith("twice: "):
            others.add(other)
    row.status, row.changes, row.cell = RowStatus.ERROR, {}, row.cell or cell
    row.flaws = row.reasons = list(kept)


def _propose(roster: RosterImport) -> None:
    """Note down who is not in the file."""
    found = leavers_of(roster).values_list("pk", flat=True).iterator(chunk_size=2000)
    while portion := list(islice(found, CHUNK)):
        RosterLeaver.objects.bulk_create(
            [RosterLeaver(roster=roster, membership_id=pk) for pk in portion], ignore_conflicts=True
        )


@transaction.atomic
def show_roster(*, payload: dict[str, Any], result: dict[str, Any]) -> None:
    """The short half: open the preview, or say why the file cannot be read."""
    roster = RosterImport.objects.select_for_update().get(pk=payload["roster"])
    if roster.state != RosterState.READING or not result:
        return
    if "error" in result:
        roster.state, roster.error = RosterState.FAILED, result["error"]
        _drop_file(roster)
    else:
        roster.state, roster.total, roster.skipped, roster.done = (
            RosterState.PREVIEW,
            result["total"],
            result["skipped"],
            0,
        )
    roster.save(update_fields=["state", "error", "total", "skipped", "done", "file"])
    if roster.size > AT_ONCE_BYTES:
        tell_of_roster(roster=roster, person=roster.uploaded_by)


def _drop_file(roster: RosterImport) -> None:
    """Take the file away once the change is committed."""
    name = roster.file.name or ""
    roster.file = ""
    transaction.on_commit(lambda: files.forget(name), robust=True)


class FileGone(ValueError):
    """The file was removed in the meantime: it must be uploaded again."""


@transaction.atomic
def set_columns(*, by: AbstractBaseUser, roster: RosterImport, words: dict[str, str]) -> None:
    """Say what headers mean, remember it for the organisation, and read the file again.

    `words` is {header: one of FIELDS or ""}. Raises NotNow, FileGone, or Unreadable if no column holds names then.
    """
    found = RosterImport.objects.select_for_update().select_related("organisation").get(pk=roster.pk)
    if found.state != RosterState.PREVIEW:
        raise NotNow(found.state)
    data = files.read(found)
    if data is None:
        raise FileGone(found.pk)
    columns, _created = RosterColumns.objects.select_for_update().get_or_create(organisation=found.organisation)
    columns.words |= {fold(header): field for header, field in words.items() if field in ("", *FIELDS)}
    columns.save(update_fields=["words"])
    found.state, found.done, found.error = RosterState.READING, 0, ""
    found.save(update_fields=["state", "done", "error"])
    record(
        action="organisations.set_columns",
        actor=by,
        target=f"organisations.RosterImport:{found.pk}",
        details={"columns": len(words)},
    )
    if found.size > AT_ONCE_BYTES:
        enqueue(kind=READ_JOB, payload={"roster": found.pk})
    else:
        show_roster(payload={"roster": found.pk}, result=_fill(found, data))


@transaction.atomic
def discard_roster(*, by: AbstractBaseUser | None, roster: RosterImport) -> None:
    """Put an import away. Raises NotNow."""
    found = RosterImport.objects.select_for_update().get(pk=roster.pk)
    if found.state not in (RosterState.PREVIEW, RosterState.READING):
        raise NotNow(found.state)
    found.state, found.error = RosterState.DISCARDED, ""
    _drop_file(found)
    found.save(update_fields=["state", "file", "error"])
    found.rows.all().delete()
    found.leavers.all().delete()
    record(action="organisations.discard_roster", actor=by, target=f"organisations.RosterImport:{found.pk}")


FILE_DAYS = 1


def prune_rosters(*, now: datetime | None = None) -> int:
    """Remove files a day after their upload, and what was read after ROSTER_KEEP_DAYS; returns how many imports."""
    now = now or timezone.now()
    stale = RosterImport.objects.exclude(file="").filter(created_at__lt=now - timedelta(days=FILE_DAYS))
    names = dict(stale.exclude(state=RosterState.READING).values_list("pk", "file"))
    RosterImport.objects.filter(pk__in=names).update(file="")
    for name in names.values():
        files.forget(name)
    old = RosterImport.objects.filter(created_at__lt=now - timedelta(days=settings.ROSTER_KEEP_DAYS))
    resting = old.exclude(state__in=[RosterState.READING, RosterState.APPLYING, RosterState.UNDOING])
    RosterLeaver.objects.filter(roster__in=resting).delete()
    RosterRow.objects.filter(roster__in=resting).delete()
    return len(names)
