"""The assessment matrix (部门考核) as it is pasted from a spreadsheet. Pure Python."""

from dataclasses import dataclass

DONE, OPEN, NOT_ASSESSED, NOT_FILED = "√", "*", "非考核项", "未备案"
STATES = {DONE: "done", OPEN: "open", NOT_ASSESSED: "not-assessed", NOT_FILED: "not-filed"}
# What people type for the same thing.
SAME = {"✓": DONE, "✔": DONE, "＊": OPEN, "—": NOT_ASSESSED}


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit in one column: `state` is done, open, not-assessed, not-filed or count."""

    column: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One unit."""

    unit: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Units by columns."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class MatrixError(ValueError):
    """A line does not fit; `line` counts from 1, `text` is what stands there, `word` says what is wrong with it."""

    def __init__(self, word: str, line: int, text: str) -> None:
        super().__init__(f"{word} in line {line}: {text}")
        self.word, self.line, self.text = word, line, text


def read_cell(column: str, text: str) -> Cell | None:
    """The cell that `text` stands for, or None.

    >>> read_cell("简讯", "12")
    Cell(column='简讯', state='count', text='12')
    """
    text = SAME.get(text.strip(), text.strip())
    if text in STATES:
        return Cell(column, STATES[text], text)
    return Cell(column, "count", text) if text.isdecimal() else None


def read_matrix(columns: str, rows: str) -> Matrix:
    """Read column names, one a line, and rows, one a line: the unit and its cells, with tabs between them.

    Raises MatrixError: "cells" for a wrong number of cells, "cell" for one that is no state and no count.
    """
    names = tuple(line.strip() for line in columns.splitlines() if line.strip())
    read: list[Row] = []
    for number, line in enumerate(rows.splitlines(), 1):
        if not line.strip():
            continue
        unit, *texts = [part.strip() for part in line.split("\t")]
        if len(texts) != len(names):
            raise MatrixError("cells", number, f"{unit}: {len(texts)} ≠ {len(names)}")
        cells = [read_cell(name, text) for name, text in zip(names, texts, strict=True)]
        for cell, text in zip(cells, texts, strict=True):
            if cell is None:
                raise MatrixError("cell", number, f"{unit}: {text}")
        read.append(Row(unit, tuple(cell for cell in cells if cell is not None)))
    return Matrix(names, tuple(read))
