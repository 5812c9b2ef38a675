"""What a page leaves in a text: page numbers and running heads. Pure Python."""

import re
from collections import Counter

from exams.importers.normalise import Line
from exams.importers.numbering import number_at
from exams.importers.wording import labels_in, section_of

_PAGE = re.compile(
    r"[ \t]*(?:-+[ ]*\d{1,4}[ ]*-+|第[ ]*\d{1,4}[ ]*页[ ,/、]*(?:[(]?[ ]*共[ ]*\d{1,4}[ ]*页[ ]*[)]?)?"
    r"|共[ ]*\d{1,4}[ ]*页[ ,/、]*第[ ]*\d{1,4}[ ]*页"
    r"|\d{1,4}[ ]*/[ ]*\d{1,4}(?:[ ]*页)?|page[ ]*\d{1,4}(?:[ ]*(?:of|/)[ ]*\d{1,4})?|[pP][. ]?\d{1,4}"
    r"|·[ ]*\d{1,4}[ ]*·|=+[ ]*分页[ ]*=+)[ \t]*",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ \t]*(?:[-=_*~.·—─━]{5,}|(?:[-*_][ ]?){3,})[ \t]*")
_HEADING = re.compile(
    r"题库|试题|试卷|考试|测试|竞赛|练习|手册|第#页|共#页|内部|资料|机密|版权|www|http|公司|中心|大学"
    r"|学院|学校|培训|知识|版\b|复习|页$"
)
PAGE_INSIDE = re.compile(
    r"第[ ]*\d{1,4}[ ]*页[ ]*(?:[,/、(（]?[ ]*共[ ]*\d{1,4}[ ]*页)|[-—][ ]\d{1,3}[ ][-—]|page \d+ of \d+", re.IGNORECASE
)
HEAD_INSIDE = re.compile(
    r"[^,。;:?!()\[\]、_]{0,20}(?:题库|试卷|试题集|练习题|内部资料|复习资料)[^,。;:?!\[\]、_]{0,12}"
)
PAGE, RULE, HEAD, STRAY = "page", "rule", "head", "stray"


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", line.flat.strip())


def _may_repeat(lines: list[Line], index: int) -> bool:
    """A line that is not built like a part of a question."""
    flat = lines[index].flat.strip()
    if not 4 <= len(flat) <= 60 or flat[-1] in "?;,:" or re.search(r"[(\[][ ]*[)\]]|_{2,}|[√×]", flat):
        return False
    if re.match(r"[(\[【]?[A-Za-z][)\]】]?[ ]*[.、:)]|[(\[【]?[A-Za-z][)\]】]?[ ]*$", flat) or labels_in(
        lines[index].flat, False
    ):
        return False
    if section_of(flat) or (number_at(flat) and not flat[0].isdigit()):
        return False
    if "页" in flat and re.search(r"第[ ]*\d+[ ]*页|共[ ]*\d+[ ]*页", flat):
        return True
    before = lines[index - 1].flat.strip() if index else ""
    return not re.fullmatch(r"[(\[【]?[A-Za-z][)\]】]?[ ]*[.、:)]?", before)


def noise_of(lines: list[Line]) -> dict[int, str]:
    """Indices of lines that are no part of a question, with what they are.

    `stray` is a line that stands often in the text without looking like a running head: it is left out as well, but
    the question around it cannot be accepted.
    """
    found: dict[int, str] = {}
    shapes: Counter[str] = Counter()
    for index, line in enumerate(lines):
        if line.empty:
            continue
        if _PAGE.fullmatch(line.flat):
            found[index] = PAGE
        elif _RULE.fullmatch(line.flat):
            found[index] = RULE
        elif len(line.flat) <= 80:
            shapes[_shape(line)] += 1
    tops = {_shape(line) for line in [line for line in lines[:12] if not line.empty][:5]}
    often = {shape for shape, count in shapes.items() if count >= 2}
    for index, line in enumerate(lines):
        if index in found or line.empty or (shape := _shape(line)) not in often or not _may_repeat(lines, index):
            continue
        number = number_at(line.flat)
        if number is not None and not re.search(r"页", shape):
            continue
        near = any(found.get(i) == PAGE for i in (index - 1, index + 1)) or "页" in shape
        title = shape in tops or shapes[shape] >= 3 or near
        if _HEADING.search(shape) and not re.search(r"[。!]$", shape):
            found[index] = HEAD if title else STRAY
        elif shapes[shape] >= 4 and not re.search(r"[。!]$", shape):
            found[index] = STRAY
    return found
