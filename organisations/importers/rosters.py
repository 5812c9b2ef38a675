"""A roster file into lines, one per person. Pure Python.

Columns are found by the header's words. A workbook may have a sheet per grade or class; where no column says it, the
sheet's name does. A sheet of teachers comes first, so that classes find their class teacher.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from openpyxl.utils import get_column_letter

from organisations.importers import people
from organisations.importers.cells import Read, plain, read_day, read_number, read_text
from organisations.importers.columns import field_of, map_header
from organisations.importers.lines import ADULT, PUPIL, Header, Late, Line, Unreadable
from organisations.importers.sheets import Cell, Row, Sheet, Source

HEADER_WITHIN = 20
PLACES = ("unit", "section", "grade", "class")
NUMBERS = ("id_number", "employee_number", "student_number", "seat", "phone")
DAYS = ("born", "until")
MAY_LOSE_ZEROS = ("employee_number", "student_number")
PADDED_SHARE, PADDED_LENGTH = 0.8, 4
_ADULTS = re.compile(r"教师|教职工|老师|职工|员工|干部|公务员|teacher|staff", re.I)
_PUPILS = re.compile(r"学生|班|年级|[初高][一二三]|class|grade|pupil|student", re.I)
_GRADE = re.compile(r"年级|级$|^[初高][一二三]$|grade", re.I)
_COPY = re.compile(r"(?<=班)(?:\(\d{1,2}\)|\(?续\d{0,2}\)?)$")  # 三年级1班 (2), as Excel names a copied sheet
_NO_UNIT = re.compile(
    r"(?:sheet|工作表|table|表)\s*\d*|.*(?:名单|花名册|名册|人员|信息|汇总|roster|list).*|全体?(?:教师|教职工|学生)|"
    r"教师|教职工|教工|老师|职工|员工|干部|公务员|学生|teachers?|staff|pupils|students",
    re.I,
)


class Roster:
    """A file being read. `late` and `skipped` are complete when `lines` has ended; `expected` is a first estimate."""

    def __init__(
        self,
        data: bytes,
        *,
        remembered: Mapping[str, str] | None = None,
        professions: Mapping[str, str] | None = None,
        most_rows: int = 200_000,
    ) -> None:
        self.source = Source(data)
        self.remembered = remembered or {}
        self.professions = professions or {}
        self.most_rows = most_rows
        self.expected = 0
        self.late: list[Late] = []
        self.skipped: list[str] = []
        self.headers: list[Header] = []
        self._order = 0

    def look(self) -> list[Header]:
        """Read the headers alone. Raises Unreadable("no-table") if no sheet has one that names people."""
        self._start()
        for sheet in self.source.sheets():
            self._header(sheet)
        self._refuse_no_table()
        return self.headers

    def lines(self) -> Iterator[Line]:
        """Every person of every sheet, sheets of teachers first. Raises Unreadable."""
        self._start()
        for wanted in (True, False):
            for sheet in self.source.sheets():
                if bool(_ADULTS.search(sheet.name)) == wanted:
                    yield from self._read(sheet)
        self._refuse_no_table()

    def _start(self) -> None:
        self.late, self.skipped, self.headers, self._order, self.expected = [], [], [], 0, 0

    def _refuse_no_table(self) -> None:
        if not any(header.field == "name" for header in self.headers):
            raise Unreadable("no-table", "、".join(self.skipped)[:80])

    def _header(self, sheet: Sheet) -> dict[str, int] | None:
        """Where the columns of a sheet stand; None, and its name among the skipped ones, if it names no people."""
        best: dict[str, int] = {}
        texts: list[str] = []
        for _number, cells in islice(sheet.rows, HEADER_WITHIN):
            row = [read_text(cell.value).text for cell in cells]
            mapping = map_header(row, self.remembered)
            if "name" in mapping and len(mapping) > len(best):
                best, texts = mapping, row
                break
            if len(mapping) > 1 and not texts:
                texts = row
        self._note(sheet.name, texts)
        if not best:
            self.skipped.append(sheet.name)
            return None
        self.expected += sheet.expected
        return best

    def _note(self, name: str, texts: Sequence[str]) -> None:
        for column, text in enumerate(texts, 1):
            if text:
                found, known = field_of(text, self.remembered)
                self.headers.append(Header(name, get_column_letter(column), text[:60], found, known))

    def _read(self, sheet: Sheet) -> Iterator[Line]:
        mapping = self._header(sheet)
        if mapping is None:
            return
        page = _Page(sheet, mapping, self.professions)
        for number, cells in sheet.rows:
            if page.is_empty(cells) or page.is_header(cells, self.remembered):
                continue
            self._order += 1
            if self._order > self.most_rows:
                raise Unreadable("too-many-rows", str(self.most_rows))
            yield page.line(self._order, (number, cells))
        self.late += page.late()


class _Page:
    """One sheet with its columns."""

    def __init__(self, sheet: Sheet, mapping: Mapping[str, int], professions: Mapping[str, str]) -> None:
        self.sheet, self.mapping, self.professions = sheet, mapping, professions
        self.lengths = {name: Counter[int]() for name in MAY_LOSE_ZEROS if name in mapping}
        # By column and length: (line, row) of each number that may have lost zeros.
        self.loose: dict[str, dict[int, array[int]]] = {name: {} for name in self.lengths}
        self.letters = {name: get_column_letter(column + 1) for name, column in mapping.items()}
        title = _COPY.sub("", plain(sheet.name))
        self.title = "" if not title or _NO_UNIT.fullmatch(title) else title
        pupils = {"student_number", "seat", "class", "grade"} & mapping.keys() or _PUPILS.search(title)
        adults = {"employee_number", "leads"} & mapping.keys()
        self.kind = ADULT if _ADULTS.search(title) else PUPIL if pupils and not adults else ""

    def is_empty(self, cells: Sequence[Cell]) -> bool:
        """Nothing in a column that means something: a blank line, a running number, a note below the table."""
        return not any(
            column < len(cells) and str(cells[column].value or "").strip() for column in self.mapping.values()
        )

    def is_header(self, cells: Sequence[Cell], remembered: Mapping[str, str]) -> bool:
        """The header again, as printed lists have it on every page."""
        place = self.mapping["name"]
        text = cells[place].value if place < len(cells) else None
        return isinstance(text, str) and field_of(text, remembered)[0] == "name"

    def late(self) -> list[Late]:
        """Numbers that are shorter than nearly all others of their column: zeros in front were lost."""
        found = []
        for name, lengths in self.lengths.items():
            total = sum(lengths.values())
            usual, count = max(lengths.items(), key=lambda pair: pair[1], default=(0, 0))
            if usual < PADDED_LENGTH or count < PADDED_SHARE * total or total < 3:
                continue
            for length, places in self.loose[name].items():
                if length < usual:
                    pairs = zip(places[::2], places[1::2], strict=True)
                    found += [Late(order, "excel-zeros", f"{self.letters[name]}{row}") for order, row in pairs]
        return found

    def line(self, order: int, row: Row) -> Line:
        """One person."""
        number, cells = row
        values: dict[str, str] = {}
        reasons: list[str] = []
        cell = ""
        for name, column in self.mapping.items():
            if column >= len(cells) or cells[column].value is None:
                continue
            read = self._cell(name, cells[column])
            text, flaw = (read.text, read.flaw) if read.flaw or not read.text else self._checked(name, read.text)
            if flaw:
                reasons.append(flaw if flaw.startswith(("excel", "id-")) or ": " in flaw else f"{flaw}: {name}")
                cell = cell or f"{self.letters[name]}{number}"
            elif text:
                values[name] = text
                self._measure(name, read, order, number)
        if "name" not in values and not any(reason.startswith("name-") for reason in reasons):
            reasons.insert(0, "no-name")
            cell = f"{self.letters['name']}{number}"
        return self._made(order, number, values, reasons, cell)

    def _made(self, order: int, number: int, values: dict[str, str], reasons: list[str], cell: str) -> Line:
        id_number = values.pop("id_number", "")
        for name in MAY_LOSE_ZEROS:
            if hidden := people.hidden_id(values.get(name, "")):
                del values[name]
                if id_number and id_number != hidden:
                    reasons.append("two-ids")
                    cell = cell or f"{self.letters[name]}{number}"
                id_number = id_number or hidden
        if id_number:
            values["born"] = people.born_on(id_number).isoformat()
        kind = values.pop("role", "") or self.kind
        return Line(order, self.sheet.name, number, values, self._parts(values), kind, id_number, tuple(reasons), cell)

    def _cell(self, name: str, cell: Cell) -> Read:
        if name in NUMBERS:
            return read_number(cell.value, str(cell.number_format or ""), typed=self.sheet.typed)
        if name in DAYS:
            read = read_day(cell.value)
            return read._replace(flaw=f"{name}-wrong") if read.flaw else read
        return read_text(cell.value)

    def _checked(self, name: str, text: str) -> tuple[str, str]:
        return people.check_profession(text, self.professions) if name == "profession" else _checked(name, text)

    def _measure(self, name: str, read: Read, order: int, row: int) -> None:
        if name in self.lengths and read.text.isdigit():
            self.lengths[name][len(read.text)] += 1
            if read.loose:
                self.loose[name].setdefault(len(read.text), array("l")).extend((order, row))

    def _parts(self, values: dict[str, str]) -> tuple[str, ...]:
        parts = [values.pop(name) for name in PLACES if name in values]
        has_place = any(name in self.mapping for name in PLACES)
        if self.title and not has_place:
            return (self.title,)
        if self.title and len(parts) == 1 and _GRADE.search(self.title) and self.mapping.keys() & {"class"}:
            return tuple(parts) if parts[0].startswith(self.title) else (self.title, parts[0])
        return tuple(parts)


def _checked(name: str, text: str) -> tuple[str, str]:
    match name:
        case "name":
            return people.check_name(text)
        case "id_number":
            number = plain(text).upper().replace("×", "X")
            return number, people.id_flaw(number)
        case "employee_number" | "student_number":
            return people.check_number(text)
        case "phone":
            return people.check_phone(text)
        case "email":
            return people.check_email(plain(text))
        case "seat":
            return people.check_seat(text)
        case "until":
            return people.check_until(text)
        case "role":
            return people.check_role(text)
        case "position" | "leads":
            return people.check_words(text, 60)
        case "unit" | "section" | "grade" | "class":
            return people.check_words(plain(text), 120)
    return text, ""
