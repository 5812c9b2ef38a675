"""What the readers return: one `Line` per person, and one exception for a file that is no roster. Pure Python."""

from dataclasses import dataclass, field

PUPIL, ADULT = "pupil", "adult"

# What a column may mean, in the order in which a person chooses it.
FIELDS = (
    "name",
    "id_number",
    "employee_number",
    "student_number",
    "unit",
    "section",
    "grade",
    "class",
    "seat",
    "position",
    "profession",
    "leads",
    "phone",
    "email",
    "born",
    "until",
    "role",
)


class Unreadable(ValueError):
    """The file as a whole cannot be read. `code` is a short word ("encrypted", "macros", "no-table")."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}" if detail else code)


@dataclass(frozen=True, slots=True)
class Line:
    """One row that names a person.

    `values` holds only what was read without doubt, by the words of FIELDS. It never holds an ID number: that stands
    in `id_number`, lives in memory only and is no part of what prints. `parts` are the names of the unit from above
    downwards ("三年级", "2班"), empty for the organisation itself. `kind` is PUPIL, ADULT or "" where the unit tells.
    `reasons` are codes; `cell` names the first cell that is to blame ("D12").
    """

    order: int
    sheet: str
    row: int
    values: dict[str, str]
    parts: tuple[str, ...]
    kind: str
    id_number: str = field(default="", repr=False)
    reasons: tuple[str, ...] = ()
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Late:
    """A flaw known only when the whole sheet was read: the number of line `order` is shorter than the others."""

    order: int
    code: str
    cell: str


@dataclass(frozen=True, slots=True)
class Header:
    """One column of one sheet as its header names it. `field` is "" for a column that is left out."""

    sheet: str
    letter: str
    text: str
    field: str
    known: bool
