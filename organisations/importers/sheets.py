"""The sheets of a workbook, or a CSV file as one sheet, row by row in small memory. Pure Python."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from organisations.importers.archives import BROKEN, check_workbook, is_zip, refuse_old_office
from organisations.importers.lines import Unreadable

MOST_COLUMNS = 120
MOST_SHEETS = 400
MOST_EXPECTED = 1_048_576
DELIMITERS = (",", "\t", ";", "，")
_FAILURES = (KeyError, AttributeError, TypeError, IndexError, ParseError, InvalidFileException, *BROKEN)


class Cell(Protocol):
    """What is needed of a cell, of openpyxl's or of ours."""

    @property
    def value(self) -> Any: ...
    @property
    def number_format(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A cell of a CSV file: what is written there."""

    value: str
    number_format: str = "@"


Row = tuple[int, Sequence[Cell]]


@dataclass(slots=True)
class Sheet:
    """One sheet. `typed` is False for CSV, which cannot tell a text from a number."""

    name: str
    rows: Iterator[Row]
    typed: bool
    expected: int


class Source:
    """A file that can be gone through more than once. Raises Unreadable for what is no table."""

    def __init__(self, data: bytes) -> None:
        refuse_old_office(data)
        self.data = data
        self.text = ""
        self.delimiter = ","
        self.workbook = is_zip(data)
        if self.workbook:
            check_workbook(data)
        else:
            self.text = decode(data)
            self.delimiter = max(DELIMITERS, key=self.text[:20_000].count)

    def sheets(self) -> Iterator[Sheet]:
        """Every sheet in the order of the file. Raises Unreadable("broken", "entities" or "too-many-sheets")."""
        if not self.workbook:
            yield Sheet("", self._lines(), False, self.text.count("\n") + 1)
            return
        try:
            book = openpyxl.load_workbook(io.BytesIO(self.data), read_only=True, data_only=True, keep_links=False)
        except _FAILURES as error:
            raise _told(error) from None
        if len(book.worksheets) > MOST_SHEETS:
            raise Unreadable("too-many-sheets", str(len(book.worksheets)))
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield Sheet(sheet.title, _guarded(sheet), True, _expected(sheet))
        book.close()

    def _lines(self) -> Iterator[Row]:
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, [Written(text) for text in cells[:MOST_COLUMNS]]
        except csv.Error as error:
            raise Unreadable("broken", f"{reader.line_num}: {error}"[:80]) from None


def _told(error: BaseException | None) -> Unreadable:
    """What openpyxl says in its own words and exceptions, in ours."""
    if isinstance(error, Unreadable):
        return error
    cause = error
    while cause is not None:
        if isinstance(cause, DefusedXmlException):
            return Unreadable("entities")
        cause = cause.__cause__ or cause.__context__
    return Unreadable("broken", str(error)[:80])


def _expected(sheet: Any) -> int:
    """How many rows the sheet says that it has. Reading does not believe it. Raises Unreadable."""
    try:
        rows: int = sheet.max_row or 0
        sheet.reset_dimensions()
    except _FAILURES as error:
        raise _told(error) from None
    return min(rows, MOST_EXPECTED)


def _guarded(sheet: Any) -> Iterator[Row]:
    """The rows of one sheet; what breaks half-way is an Unreadable and nothing else."""
    try:
        yield from enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1)
    except _FAILURES as error:
        raise _told(error) from None


def decode(data: bytes) -> str:
    """The text of a CSV file: by its mark, else UTF-8, else GB18030. Raises Unreadable("not-table" or "encoding")."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name)
    if b"\x00" in data or data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"<")):
        raise Unreadable("not-table")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "gb18030")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None
