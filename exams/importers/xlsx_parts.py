"""What lies in an Excel file: sheets, rows, cells as the author sees them. Pure Python, in bounded memory.

Read from the XML (ECMA-376 part 1, 18) and not through a library, because a question must know which cell was a date,
a formula or an error; and because files of other programs often have styles that libraries refuse.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from exams.importers.archives import elements, local, open_zip
from exams.importers.blocks import Unreadable
from exams.importers.tables import MOST_ROWS, Row

MOST_TEXT = 64 * 1024 * 1024
MOST_COLUMNS = 300
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENT = frozenset((9, 10))
_PLAIN = frozenset((0, 1, 2, 3, 4, 37, 38, 39, 40, 49))
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')


@dataclass(slots=True)
class Book:
    """An opened file. `sheets` are (name, member)."""

    archive: zipfile.ZipFile
    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)  # by style: "", "date", "percent" or "format"
    from_1904: bool = False
    text: int = 0

    def count(self, text: str) -> str:
        """Bound what a file can make of little: shared strings used again and again."""
        self.text += len(text)
        if self.text > MOST_TEXT:
            raise Unreadable("too-large", "text")
        return text


def open_book(data: bytes) -> Book:
    """Open an Excel file. Raises Unreadable: what `open_zip` raises, "not-xlsx", "broken", "entities"."""
    book = Book(open_zip(data))
    names = {name.lower(): name for name in book.archive.namelist()}
    if "xl/workbook.bin" in names:
        raise Unreadable("old-office", "xlsb: save it as .xlsx")
    workbook = names.get("xl/workbook.xml")
    if not workbook:
        raise Unreadable("not-xlsx")
    targets = {}
    if "xl/_rels/workbook.xml.rels" in names:
        for element in _elements(book, names["xl/_rels/workbook.xml.rels"], "Relationship"):
            target = element.get("Target", "")
            path = target[1:] if target.startswith("/") else f"xl/{target}"
            targets[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], names.get(path.lower(), ""))
    for element in _elements(book, workbook, "sheet", "workbookPr"):
        if local(element) == "workbookPr":
            book.from_1904 = element.get("date1904") in ("1", "true")
            continue
        kind, member = targets.get(element.get(_REL) or element.get(_STRICT_REL) or "", ("", ""))
        if member and kind == "worksheet" and element.get("state") != "veryHidden":
            book.sheets.append((element.get("name", ""), member))
    usual = {"styles": names.get("xl/styles.xml", ""), "sharedStrings": names.get("xl/sharedstrings.xml", "")}
    parts = usual | {kind: member for kind, member in targets.values() if member}
    if parts["styles"]:
        book.formats = _formats(book, parts["styles"])
    if parts["sharedStrings"]:
        for element in _elements(book, parts["sharedStrings"], "si"):
            book.strings.append(book.count(_text(element)))
    book.text = 0
    return book


def _elements(book: Book, member: str, *ends: str) -> Iterator[Element]:
    try:
        source = book.archive.open(member)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Unreadable("broken", f"{member}: {error}") from None
    with source:
        yield from elements(source, frozenset(ends))


def _text(element: Element) -> str:
    """The text of a string, with its runs, without the reading aids (rPh) that Japanese and Chinese files carry."""
    pieces = []
    for child in element:
        if local(child) == "t":
            pieces.append(child.text or "")
        elif local(child) == "r":
            pieces.extend(grandchild.text or "" for grandchild in child if local(grandchild) == "t")
    text = "".join(pieces)
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if char not in _UNWANTED)


_UNWANTED = frozenset(map(chr, (*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000))))


def _formats(book: Book, member: str) -> list[str]:
    """What each cell style does to a number."""
    custom: dict[int, str] = {}
    found: list[str] = []
    for element in _elements(book, member, "numFmt", "cellXfs"):
        if local(element) == "numFmt":
            custom[_whole(element.get("numFmtId"))] = element.get("formatCode", "")
        else:
            found = [_meaning(_whole(xf.get("numFmtId")), custom) for xf in element if local(xf) == "xf"]
    return found


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _meaning(number: int, custom: dict[int, str]) -> str:
    if number in _DATES:
        return "date"
    if number in _PERCENT:
        return "percent"
    code = custom.get(number)
    if number in _PLAIN or code is None:
        return ""
    bare = _QUOTED.sub("", code).lower()
    if bare.split(";")[0].strip() in ("general", "@", "") or re.fullmatch(r"[#,]*0?(\.0*#*)?( ?;.*)?", bare):
        return "" if bare == _QUOTED.sub("", code).lower() == code.lower() else "format"
    if re.search("[ymdhs]", bare):
        return "date"
    return "percent" if "%" in bare else "format"


def rows_of(book: Book, member: str) -> Iterator[Row]:
    """The sheet's rows that hold something. The declared dimension is not believed; merged cells are not filled."""
    number = 0
    for element in _elements(book, member, "row"):
        given = _whole(element.get("r"))
        number = given if given > number else number + 1
        row = Row(number, [], {}, number)
        column = -1
        for cell in element:
            if local(cell) != "c":
                continue
            place = _CELL.fullmatch(cell.get("r", ""))
            column = _column(place[1]) if place else column + 1
            text, flaw = _cell(book, cell)
            if column >= MOST_COLUMNS or not (text or flaw):
                continue
            row.cells.extend([""] * (column + 1 - len(row.cells)))
            row.cells[column] = text
            if flaw:
                row.flaws[column] = flaw
        if row.cells:
            yield row
        if number > MOST_ROWS * 6:
            raise Unreadable("too-large", f"row {number}")


def _column(name: str) -> int:
    place = 0
    for letter in name:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _cell(book: Book, cell: Element) -> tuple[str, str]:
    """What the author sees in a cell, and what is wrong with it ("" if nothing)."""
    kind = cell.get("t", "n")
    value, formula, inline = "", False, None
    for child in cell:
        name = local(child)
        if name == "v":
            value = child.text or ""
        elif name == "f":
            formula = True
        elif name == "is":
            inline = child
    flaw = "formula-cell" if formula else ""
    if kind == "inlineStr" and inline is not None:
        return book.count(_text(inline)), flaw
    if kind == "s":
        place = _whole(value.strip())
        if not value.strip() or place >= len(book.strings):
            return "", "error-cell" if value.strip() else flaw
        return book.count(book.strings[place]), flaw
    if kind == "e" or (value.startswith("#") and value.rstrip("!?/A0").isupper() and kind == "str"):
        return value, "error-cell"
    if kind == "b":
        return "TRUE" if value.strip() in ("1", "true") else "FALSE", flaw
    if kind in ("str", "d"):
        return book.count(value), flaw or ("date-cell" if kind == "d" else "")
    text, problem = _number(value.strip(), book, _whole(cell.get("s")))
    return text, problem or flaw


def _number(value: str, book: Book, style: int) -> tuple[str, str]:
    """A number as it is shown: 1.0 is 1, 0.5 in a percent cell is 50%; a date is a date and a reason to look."""
    if not value:
        return "", ""
    try:
        number = float(value)
    except ValueError:
        return book.count(value), "error-cell"
    meaning = book.formats[style] if style < len(book.formats) else ""
    if meaning == "date":
        return _date(number, book.from_1904), "date-cell"
    if meaning == "percent":
        return f"{number * 100:.10g}%", ""
    whole = f"{number:.15g}"
    return (value if "e" in whole and "e" not in value.lower() else whole), "number-format" if meaning else ""


def _date(number: float, from_1904: bool) -> str:
    base = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    try:
        moment = base + timedelta(days=number)
    except (OverflowError, ValueError):
        return f"{number:.15g}"
    if number < 1:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%Y-%m-%d" if number == int(number) else "%Y-%m-%d %H:%M:%S")
