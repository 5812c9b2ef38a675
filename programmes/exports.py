"""Figures and people as an Excel workbook, and deadlines as a calendar."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FOLD = 73


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


def calendar(name: str, events: Iterable[tuple[str, Any, str, str]], stamp: datetime) -> bytes:
    """iCalendar (RFC 5545) of whole-day events: (uid, day, title, address)."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Xinxing//deadlines//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    moment = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for uid, day, title, address in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"DTSTAMP:{moment}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(title)}",
            f"URL:{address}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _text(value: str) -> str:
    """Escaped as RFC 5545 3.3.11 asks."""
    for char in "\\;,":
        value = value.replace(char, f"\\{char}")
    return value.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line is longer than 75 bytes; no character is cut."""
    parts, part = [], ""
    for char in line:
        if len((part + char).encode()) > FOLD:
            parts.append(part)
            part = ""
        part += char
    return "\r\n ".join([*parts, part])
