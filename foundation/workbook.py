"""Rows as an Excel workbook, safe against formulas."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: Any) -> str | int:
    """A whole number stays one; everything else is text that no spreadsheet takes for a formula (OWASP)."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    text = "" if cell is None else str(cell)
    text = "".join(char for char in text if char in "\t\n\r" or ord(char) >= ord(" "))
    return f"'{text}" if text.startswith(FORMULA) else text


def workbook(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> bytes:
    """One sheet for each (name, rows). Text is stored as text, so that long numbers keep every digit."""
    book, buffer = Workbook(write_only=True), BytesIO()
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=harmless(value))
                if isinstance(cell.value, str):
                    cell.number_format = "@"
                    cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    book.save(buffer)
    return buffer.getvalue()
