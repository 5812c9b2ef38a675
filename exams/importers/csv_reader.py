"""Questions from CSV: comma, tab or semicolon, in the encodings that Excel writes in China. Pure Python."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from exams.importers.blocks import Block, Unreadable
from exams.importers.columns import map_header
from exams.importers.decoding import decode
from exams.importers.tables import HEADER_WITHIN, MOST_ROWS, Row, Sheet, read_sheets

DELIMITERS = (",", "\t", ";", "|", "，")
MOST_COLUMNS = 300
MOST_LINES = 40  # of one quoted cell, in a file whose quotes are broken
PATIENCE = 20  # broken quotes for which more lines are tried


def read_csv(data: bytes) -> list[Block]:
    """Read a CSV file. `line` is the line of the file on which the row begins. Raises Unreadable."""
    return read_csv_text(decode(data))


def read_csv_text(text: str) -> list[Block]:
    """Read decoded CSV. Raises Unreadable("no-table") if no row names the columns."""
    delimiter, skipped = delimiter_of(text)
    if not delimiter:
        raise Unreadable("no-table", "no row names the columns (题干, 选项A, 答案 …)")
    return read_sheets([Sheet("", list(rows_of(text, delimiter, skipped)))])


def delimiter_of(text: str) -> tuple[str, int]:
    """The sign by which some early row is understood best as a header ("" if by none), and lines to skip (`sep=;`)."""
    skipped = 0
    if text[:4].lower() == "sep=":
        skipped = 1
    head = text[:50_000]
    best, found = 1, ""
    for delimiter in DELIMITERS:
        for row in rows_of(head, delimiter, skipped)[:HEADER_WITHIN]:
            mapping = map_header(row.cells)
            if mapping.usable and mapping.score > best:
                best, found = mapping.score, delimiter
    return found, skipped


def rows_of(text: str, delimiter: str, skipped: int = 0) -> list[Row]:
    """Rows with the line they begin on. A quote that never closes does not swallow the rest of the file: the file is
    then read line by line, and rows that hold a quote are doubted.
    """
    rows: list[Row] = []
    lines = list(io.StringIO(text, newline=""))  # only CR and LF end a line, not every sign that Unicode calls a break
    reader = csv.reader(lines[skipped:], delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if len(rows) >= MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise Unreadable("too-large", f"{len(rows)} rows")
            rows.append(Row(line, cells, {}, skipped + reader.line_num))
            line = skipped + reader.line_num + 1
    except csv.Error:
        return list(islice(_piece_by_piece(lines, delimiter, skipped), MOST_ROWS))
    return rows


def _piece_by_piece(lines: list[str], delimiter: str, skipped: int) -> Iterator[Row]:
    """A file with a wrong quote somewhere: what can be read strictly is, a row that cannot is doubted."""
    position, patience = skipped, PATIENCE
    while position < len(lines):
        for taken in range(1, MOST_LINES if patience else 2):
            cells = _strictly("".join(lines[position : position + taken]), delimiter)
            if cells is not None or position + taken > len(lines):
                break
        flaws: dict[int, str] = {}
        if cells is None:
            taken, patience = 1, max(0, patience - 1)
            cells = lines[position].rstrip("\r\n").split(delimiter)
            flaws = {column: "open-quote" for column, cell in enumerate(cells) if '"' in cell}
        yield Row(position + 1, cells[:MOST_COLUMNS], flaws, position + taken)
        position += taken


def _strictly(piece: str, delimiter: str) -> list[str] | None:
    """The one row that a piece is, or None."""
    try:
        rows = list(csv.reader(io.StringIO(piece, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return (rows[0] if rows else []) if len(rows) < 2 else None
