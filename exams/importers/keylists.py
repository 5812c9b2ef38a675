"""Keys that stand apart from their questions: ranges `1-5 ABCDE`, lists `1.A 2.B`, tables with explanations.

Pure Python.
"""

import re
from dataclasses import dataclass, field

from exams.importers.normalise import Line
from exams.importers.numbering import number_at
from exams.importers.wording import CHAPTER, section_of

_SIGN = r"[√×✓✗✔✘✖✅❌☑☒]"
_VALUE = rf"(?:[A-Za-z](?:[A-Za-z]{{0,25}})(?![A-Za-z])|{_SIGN}|正确|错误|对|错|是|否)"
_RANGE = re.compile(
    rf"(?P<a>\d{{1,5}})[ \t]*(?:题|号)?[ \t]*(?:-+|~|至|到)[ \t]*(?P<b>\d{{1,5}})[ \t]*(?:题|小题)?[ \t]*[:."
    rf"、)]?[ \t]*(?P<values>[(]?{_VALUE}[)]?(?:[ \t,、;/|]*[(]?{_VALUE}[)]?)*)[ \t.。;,]*",
)
_ENTRY = re.compile(
    rf"[(\[]?(?P<n>\d{{1,5}})[)\]]?[ \t]*(?:[.、:)\-]|(?=[A-Z√×✓✗✔✘❌✅对错正是否]))?[ \t]*(?P<value>["
    rf"(\[]?{_VALUE}[)\]]?(?:[,、 ]+[A-Z](?![A-Za-z.:)]))*)[ \t]*(?:[,、;。.|][ \t]*)?(?![^\d\s(\[])"
)
_PREFIX = re.compile(
    r"[ \t]*(?:(?:[(\[【][ ]*)?(?:参考|标准|正确)?答案[ ]*[)\]】]?[ ]*:?)?[ \t]*(?:[一二三四五六七八九十]{1"
    r",3}、)?[ \t]*(?:单选题|多选题|判断题|单项选择题|多项选择题|选择题|单选|多选|判断)?[ \t]*:?[ \t]*"
)
ENTRY_ONLY = re.compile(
    rf"[ \t]*[(\[]?\d{{1,5}}[)\]]?[ \t]*[.、:)]?[ \t]*(?:[(\[]?{_VALUE}[)\]]?(?:[ ,、]+[A-Z](?![A-Za-z]))*)[ \t.。]*"
)
_HEAD = re.compile(
    r"[ \t#*]*(?:附[录件]?[ ]*[:.、]?[ ]*|[一二三四五六七八九十]{1,3}[、.][ ]*)?[【\[(]?[^,。;:?!()【】\[\]"
    r"]{0,24}?(?:(?:参考|标准|正确)?答案(?:(?:及|与|和)?(?:解析|详解|解释|评分标准|要点|说明))?(?:部分"
    r"|表|汇总|一览|一览表)?|answer keys?|answers)[】\])]?[ ]*:?[ \t*]*",
    re.IGNORECASE,
)
_ROW = re.compile(
    r"[ \t|]*(?P<head>题号|序号|试题|题目|no\.?|答案|参考答案|正确答案|answer)[ \t|:]+(?P<cells>.+)$", re.IGNORECASE
)


_HEADED = re.compile(r"[ \t]*[一二三四五六七八九十]{1,3}、[ \t]*(?=\d)")
_WORDED = re.compile(r"(?:(?<=[ \t、])|^)(\d{1,4})[.、:)][ \t]*(?!\d)")


@dataclass(slots=True)
class Entry:
    """What a list says about one number: the text of key (and explanation), and under which head it stood."""

    number: int
    text: str
    head: int
    type: str | None
    lines: list[Line] = field(default_factory=list)
    doubtful: str = ""


def is_zone_head(flat: str) -> bool:
    """A line like `参考答案及解析` by itself."""
    return len(flat) <= 60 and _HEAD.fullmatch(flat) is not None


def _covered(flat: str, pattern: re.Pattern[str], start: int) -> list[re.Match[str]] | None:
    """All matches when they cover the whole line from `start`, else None."""
    found, place = [], start
    while place < len(flat):
        match = pattern.match(flat, place)
        if match is None or match.end() == place:
            return None
        found.append(match)
        place = match.end()
        while place < len(flat) and flat[place] in " \t,;|":
            place += 1
    return found or None


def is_key_line(flat: str) -> bool:
    """A line of nothing but ranges, or of two or more numbered keys."""
    prefix = _PREFIX.match(flat)
    start = prefix.end() if prefix else 0
    if start >= len(flat) or not (flat[start].isdigit() or flat[start] in "(["):
        return bool(
            (row := _ROW.match(flat))
            and row["head"] in ("题号", "序号", "试题")
            and re.match(r"[\d\s|]+$", row["cells"])
        )
    if _covered(flat, _RANGE, start):
        return True
    entries = _covered(flat, _ENTRY, start)
    named = bool(prefix and re.search(r"[选判]", prefix[0]))
    return entries is not None and (len(entries) >= 2 or named)


def _values(text: str, count: int) -> list[str] | None:
    """Keys of a range: one letter each, or separated groups."""
    parts = [part.strip(" ,、;") for part in re.split(r"[ \t;|/]+", text.strip()) if part.strip(" ,、;")]
    if len(parts) == count:
        return parts
    if count == 1 and all(re.fullmatch(r"[A-Z]", part) for part in parts):
        return ["".join(parts)]
    groups = re.findall(r"正确|错误|对|错|是|否|[√×✓✗✔✘✖✅❌☑☒]|[A-Za-z]+", text)
    if len(groups) == count:
        return groups
    signs = re.findall(r"正确|错误|对|错|是|否|[√×✓✗✔✘✖✅❌☑☒]|[A-Za-z]", text)
    even = len({len(group) for group in groups[:-1]}) <= 1
    return signs if len(signs) == count and even else None


class _Reader:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.head = 0
        self.type: str | None = None
        self.numbers: list[str] = []
        self.form = ""

    def add(self, number: int, text: str, line: Line, doubtful: str = "") -> None:
        self.entries.append(Entry(number, text.strip(), self.head, self.type, [line], doubtful))

    def row(self, line: Line) -> bool:
        """Rows of a table: numbers, then keys below them."""
        match = _ROW.match(line.flat)
        if match is None:
            return bool(re.fullmatch(r"[ \t|:\-]+", line.flat))
        divider = r"[\t|]+" if re.search(r"[\t|]", match["cells"].strip(" |\t")) else r"[ \t|,]+"
        cells = [cell.strip() for cell in re.split(divider, match["cells"].strip()) if cell.strip()]
        if match["head"] in ("题号", "序号", "试题", "题目") or match["head"].lower().startswith("no"):
            self.numbers = cells if all(cell.isdigit() for cell in cells) else []
            return bool(self.numbers)
        if not self.numbers:
            return False
        values: list[str] | None = cells
        if len(cells) != len(self.numbers):
            values = _values(match["cells"], len(self.numbers))
        for place, number in enumerate(self.numbers):
            self.add(int(number), values[place] if values else "", line, "" if values else "key-list-uneven")
        self.numbers = []
        return True

    def ranges(self, line: Line, start: int) -> bool:
        matches = _covered(line.flat, _RANGE, start)
        if not matches:
            return False
        for match in matches:
            a, b = int(match["a"]), int(match["b"])
            if not 0 < b - a + 1 <= 500:
                continue
            values = _values(match["values"], b - a + 1)
            for place in range(b - a + 1):
                self.add(a + place, values[place] if values else "", line, "" if values else "key-list-uneven")
        return True

    def line(self, line: Line) -> None:
        kind = section_of(line.flat)
        prefix = _PREFIX.match(line.flat)
        start = prefix.end() if prefix else 0
        if (kind or start) and (named := section_of(line.flat[:start].strip(" :")) or kind):
            if self.same_line(line, start):
                return
            if kind is not None:
                self.head, self.type = self.head + 1, named
                return
        elif CHAPTER.match(line.flat) and len(line.flat) <= 60:
            self.head, self.type = self.head + 1, None
            return
        if self.row(line) or self.ranges(line, start):
            return
        entries = _covered(line.flat, _ENTRY, start)
        if entries and (len(entries) > 1 or ENTRY_ONLY.fullmatch(line.flat)):
            for entry in entries:
                self.add(int(entry["n"]), entry["value"], line)
            return
        headed = _HEADED.match(line.flat)
        if headed:
            self.head, self.type = self.head + 1, None
            self.texts(line, headed.end())
            return
        number = number_at(line.flat)
        if number is not None and number.form == "paren" and self.form not in ("", "paren"):
            number = None
        previous = self.entries[-1] if self.entries else None
        following = (
            previous is None
            or previous.head != self.head
            or (number is not None and number.value in (previous.number + 1, 1))
        )
        if number is not None and number.form != "bare" and following:
            self.form = self.form or number.form
            self.add(number.value, line.text[number.end :], line)
        elif previous is not None and not is_zone_head(line.flat) and previous.head == self.head:
            previous.text += "\n" + line.text
            previous.lines.append(line)

    def texts(self, line: Line, start: int) -> None:
        """`3.美德 4.履约`: answers in words, several in a line, when their numbers follow each other."""
        marks = list(_WORDED.finditer(line.flat, start))
        numbers = [int(mark[1]) for mark in marks]
        if not marks or marks[0].start() != start or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            return
        ends = [mark.start() for mark in marks[1:]] + [len(line.text)]
        for number, mark, end in zip(numbers, marks, ends, strict=True):
            self.add(number, line.text[mark.end() : end], line)

    def same_line(self, line: Line, start: int) -> bool:
        """A head with its keys in the same line opens its own group before they are read."""
        entries = None if start >= len(line.flat) else _covered(line.flat, _ENTRY, start)
        if start >= len(line.flat) or not (entries or _covered(line.flat, _RANGE, start)):
            return False
        self.head, self.type = self.head + 1, section_of(line.flat[:start].strip(" :")) or self.type
        if not self.ranges(line, start):
            for entry in entries or []:
                self.add(int(entry["n"]), entry["value"], line)
        return True


def read_entries(lines: list[Line]) -> list[Entry]:
    """All entries of one list of keys, in order."""
    reader = _Reader()
    for place, line in enumerate(lines):
        if line.empty or (place == 0 and is_zone_head(line.flat)):
            continue
        reader.line(line)
    return reader.entries
