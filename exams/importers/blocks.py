"""What every reader returns: one `Block` per question, with a verdict that a person can check. Pure Python.

A reader never guesses. What it cannot prove becomes `review` (with the reason and the raw lines), what is no question
becomes `reject`; only a block whose every part was read from the source without doubt is `accept`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

ACCEPT, REVIEW, REJECT = "accept", "review", "reject"
TYPES = (
    "single",
    "multiple",
    "true_false",
    "blank",
    "short",
    "matching",
    "ordering",
    "scenario",
    "survey",
    "unknown",
)
FORMATS = ("text", "docx", "xlsx", "csv", "gift", "moodle-xml", "aiken")


class Unreadable(ValueError):
    """The file as a whole cannot be read. `code` is a short word ("encrypted", "not-zip", "too-large", "encoding")."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}" if detail else code)


@dataclass(frozen=True, slots=True)
class Block:
    """One question as it was read.

    `answer` by type: single, multiple `["A", …]` (letters of `options`); true_false `True | False`; blank
    `[["alternative", …], …]`, one list per blank; matching `[["left", "right"], …]`; ordering `["first", …]`; short
    one text (keywords by `keywords` where the source gives them); survey, scenario and anything unread `None`.
    `reasons` are codes, with a detail after a colon where there is one ("key-outside-options: E").
    `line` and `line_end` count the lines (text) or rows (tables) of the source from 1. `extra` are wrong right sides of
    a matching; `pictures` are (file name, alternative text) of pictures that the source names.
    """

    type: str
    stem: str
    line: int
    options: tuple[tuple[str, str], ...] = ()
    answer: Any = None
    explanation: str | None = None
    status: str = REVIEW
    reasons: tuple[str, ...] = ()
    line_end: int = 0
    raw: str = ""
    number: str = ""
    difficulty: int | None = None
    points: tuple[str, ...] = ()
    score: str = ""
    source: str = ""
    audience: str = ""
    chapter: str = ""
    language: str = ""
    any_order: bool = False
    keywords: tuple[tuple[str, ...], ...] = ()
    extra: tuple[str, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()
    children: tuple["Block", ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The object that `import_items --dry-run --json` prints."""
        shown: dict[str, Any] = {
            "type": self.type,
            "stem": self.stem,
            "options": [list(pair) for pair in self.options],
            "answer": self.answer,
            "explanation": self.explanation,
            "status": self.status,
            "reasons": list(self.reasons),
            "line": self.line,
        }
        if self.children:
            shown["items"] = [child.as_json() for child in self.children]
        return shown


def counts(blocks: Sequence[Block]) -> dict[str, int]:
    """How many blocks end as accept, review and reject."""
    found = dict.fromkeys((ACCEPT, REVIEW, REJECT), 0)
    for block in blocks:
        found[block.status] += 1
    return found
