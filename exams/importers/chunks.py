"""What the cutting of a text yields, and how lines of questions look. Pure Python."""

import re
from dataclasses import dataclass, field

from exams.importers.normalise import Line
from exams.importers.numbering import Number
from exams.importers.wording import (
    ANSWER,
    MINE,
    TYPE_TAG,
    labels_in,
)

OPTION_LINE = re.compile(
    r"[ \t]*(?:[-*+•○●□☐√✓][ \t]*)?(?:[(\[【][ \t]*(?P<boxed>[A-Za-z])[ \t]*[)\]】]|(?P<letter>[A-Za-z])[ \t"
    r"]*(?:[.、:)]|$|[ \t](?=\S)|(?=[^\x00-\x7f、。,])))"
)
BRACKET = re.compile(r"[(\[【][ \t]*(?:[A-Za-z][A-Za-z ,、]{0,20}|[√×✓✗✔❌]|对|错|正确|错误|T|F|)[ \t]*[)\]】]|_{2,}")
GLUED = re.compile(r"(?:^|[ \t)?。:_])[(]?A[.、:)].*?[^A-Za-z]B[.、:)]")
CASE = re.compile(
    r"[ \t]*[【\[(]?(?:案例|材料|情景|情境|背景材料|背景资料|资料)[ ]*[一二三四五六七八九十\d]{0,3}[ ]*[】\]"
    r")]?[ ]*(?:[:.、]|$)|[ \t]*[【\[](?:案例|材料|背景)[^】\]]{0,10}[】\]]"
)
# Words of a question that needs what stands above it.
ABOVE = re.compile(r"[该此](?!类|项|条)|上述|本案|以上|材料|案例|其")
LONE_TYPE = re.compile(r"[ \t]*[【\[(<]?[^\d一二三四五六七八九十、.]{2,7}[】\])>]?[ \t]*")


@dataclass(slots=True)
class Section:
    """A head with the type it names; `soft` when the type was only carried over from before."""

    type: str | None = None
    title: str = ""
    soft: bool = False
    order: int = 0
    instructions: bool = False


@dataclass(slots=True)
class Chunk:
    """The lines of one question (or of something that is none), before they are read."""

    lines: list[Line]
    section: Section
    number: Number | None = None
    scope: int = 0
    reasons: list[str] = field(default_factory=list)
    options: bool = False
    answered: bool = False
    rejected: str = ""
    material: bool = False
    parts: bool = False
    span: tuple[int, int] | None = None

    @property
    def bodied(self) -> bool:
        return self.options or self.answered


@dataclass(slots=True)
class Zone:
    """Lines of a list of keys, for the questions of one scope."""

    lines: list[Line]
    scope: int


@dataclass(slots=True)
class Candidate:
    """A line that begins with a number, and how much what follows looks like a question (0 to 2)."""

    index: int
    number: Number
    body: int = 0


def body_of(line: Line) -> int:
    """2 for a line with options or a key, 1 for a gap to fill, else 0."""
    flat = line.flat
    found = OPTION_LINE.match(flat)
    if found and (found["boxed"] or found["letter"]).upper() in "AB":
        return 2
    if any(kind in (ANSWER, MINE) for _, _, kind, _ in line_labels(line)) or GLUED.search(flat):
        return 2
    return 1 if BRACKET.search(flat) or TYPE_TAG.search(flat) else 0


def line_labels(line: Line) -> list[tuple[int, int, str, str]]:
    """Labels of a line, read once."""
    if not line.labels:
        line.labels.extend(labels_in(line.flat, False) or [(-1, -1, "", "")])
    return [label for label in line.labels if label[0] >= 0]
