"""Rows of a table (Excel or CSV) into questions. Pure Python.

Columns are found by the header's words, in any order; a sheet may have title rows above the header, headings between
rows and a new header further down. A row is judged by `exams.importers.rows`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from exams.importers.blocks import Block, Unreadable
from exams.importers.columns import Mapping, map_header
from exams.importers.drafts import Draft, settle
from exams.importers.rows import Context, read_row
from exams.importers.scenarios import gather
from exams.importers.words import fold, heading_kind, kind_of

HEADER_WITHIN = 30
MOST_ROWS = 200_000
_DEFAULT_NAME = re.compile(r"(sheet|工作表|table|表)\s*\d*", re.I)


@dataclass(slots=True)
class Row:
    """One row: its number in the source, its cells, and what is wrong with a cell (by column)."""

    number: int
    cells: list[str]
    flaws: dict[int, str] = field(default_factory=dict)
    end: int = 0

    @property
    def filled(self) -> list[int]:
        return [column for column, text in enumerate(self.cells) if text.strip()]


@dataclass(slots=True)
class Sheet:
    """A sheet of a workbook, or a whole CSV file: its name and the rows that hold something."""

    name: str
    rows: list[Row]


def read_sheets(sheets: Iterable[Sheet]) -> list[Block]:
    """All questions of all sheets. Raises Unreadable("no-table") if no sheet has a header that names a stem."""
    found: list[Block] = []
    known = False
    for sheet in sheets:
        blocks = list(_read(sheet))
        known = known or any(block.reasons != ("no-header",) for block in blocks)
        found.extend(blocks)
    if not known and found:
        raise Unreadable("no-table", "no row names the columns (题干, 选项A, 答案 …)")
    return found


def _read(sheet: Sheet) -> Iterator[Block]:
    rows = [row for row in sheet.rows if row.filled]
    start = _header(rows)
    if start is None:
        yield from _without_header(sheet.name, rows)
        return
    context = Context(sheet=sheet.name, kind=kind_of(sheet.name) or heading_kind(sheet.name))
    if not context.kind and not _DEFAULT_NAME.fullmatch(sheet.name.strip()):
        context.chapter = sheet.name.strip()
    for row in rows[:start]:
        context.kind = _heading(row) or context.kind
    parts = _parts(rows[start:], context)
    yield from gather(parts)


def _parts(rows: Sequence[Row], context: Context) -> Iterator[tuple[tuple[str, str], Block]]:
    """Every row's block with the case (案例) it belongs to."""
    mapping = map_header(rows[0].cells)
    parts: list[tuple[Mapping, list[Row]]] = [(mapping, [])]
    for row in rows[1:]:
        if _looks_like_header(row, mapping):
            mapping = map_header(row.cells)
            parts.append((mapping, []))
        else:
            parts[-1][1].append(row)
    for mapping, below in parts:
        context.learn(mapping, below)
        for row in below:
            kind = _heading(row)
            context.kind = kind or context.kind
            if not kind:
                yield read_row(row.number, row.cells, row.flaws, mapping, context, row.end)


def _looks_like_header(row: Row, mapping: Mapping) -> bool:
    """Whether a later row is a header again: its stem cell is a header word."""
    stem = mapping.columns["stem"][0]
    text = row.cells[stem] if stem < len(row.cells) else ""
    return len(row.filled) > 1 and len(text) < 20 and map_header(row.cells).usable


def _header(rows: Sequence[Row]) -> int | None:
    """Position of the header: the first of the first rows that names most columns."""
    best, place = 0, None
    for position, row in enumerate(rows[:HEADER_WITHIN]):
        mapping = map_header(row.cells)
        if mapping.usable and mapping.score > best and mapping.score >= 2:
            best, place = mapping.score, position
            break
    return place


def _heading(row: Row) -> str | None:
    """The kind that a row announces: one cell only (merged over the row, or repeated in it)."""
    texts = {row.cells[column].strip() for column in row.filled}
    return heading_kind(texts.pop()) if len(texts) == 1 and len(fold(min(texts, default=""))) < 80 else None


def _without_header(name: str, rows: Sequence[Row]) -> Iterator[Block]:
    """Rows that nobody can read are shown, not dropped; a sheet of a few notes is no table at all."""
    wide = [row for row in rows if len(row.filled) > 2]
    for row in wide:
        draft = Draft(line=row.number, raw="\t".join(row.cells), stem=max(row.cells, key=len))
        draft.reject("no-header")
        yield settle(draft)
