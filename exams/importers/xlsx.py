"""Questions from Excel workbooks (.xlsx). Pure Python."""

from collections.abc import Iterator

from exams.importers.blocks import Block, Unreadable
from exams.importers.tables import MOST_ROWS, Sheet, read_sheets
from exams.importers.xlsx_parts import Book, open_book, rows_of

MOST_SHEETS = 200


def read_xlsx(data: bytes) -> list[Block]:
    """Read all sheets of a workbook; `line` is the row in its sheet. Raises Unreadable with a code:

    "old-office" (.xls, .xlsb), "encrypted", "not-zip", "not-xlsx", "zip-bomb", "entities", "broken", "too-large",
    "no-table" (no sheet has a header that names a stem).
    """
    book = open_book(data)
    if len(book.sheets) > MOST_SHEETS:
        raise Unreadable("too-large", f"{len(book.sheets)} sheets")
    return read_sheets(_sheets(book))


def _sheets(book: Book) -> Iterator[Sheet]:
    left = MOST_ROWS
    for name, member in book.sheets:
        sheet = Sheet(name, [])
        for row in rows_of(book, member):
            sheet.rows.append(row)
            left -= 1
            if left < 0:
                raise Unreadable("too-large", f"more than {MOST_ROWS} rows")
        yield sheet
