"""Read the text of a letter that an office prescribes from a Word file (.docx). Whatever cannot be told for sure is
listed, never guessed."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

MAX_BYTES = 5_000_000
MAX_UNPACKED = 40_000_000
MAX_PARTS = 2000
MAX_LINES = 400

NUMBER = re.compile(
    r"^\s*(?:第([一二三四五六七八九十百]+)条|([一二三四五六七八九十百]+)、|[（(]([一二三四五六七八九十百]+)[）)]"
    r"|(\d{1,2})\s*[.．、]|[（(](\d{1,2})[）)])\s*(?=\S)"
)
LIABILITY = re.compile(
    r"^(?:违诺责任|违反承诺的责任|违约责任|法律责任|Breach liability)\s*[:：]?\s*(.*)$", re.IGNORECASE
)
REASON = re.compile(r"^承诺事由\s*[:：]\s*(.+)$")
SIGN_OFF = re.compile(
    r"^(?:承诺人|承诺单位|单位名称|法定代表人|签\s*名|签\s*字|盖\s*章|日\s*期|身份证号|联系电话|经办人)"
    r"|^[_＿\s]*年[_＿\s]*月[_＿\s]*日$|^\d{4}年\d{1,2}月\d{1,2}日$"
)
LINE = re.compile(r"[_＿﹍]{3,}|(?<=[：:])\s{4,}(?=\S|$)")
DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}


class NotWord(ValueError):
    """The file is not a Word file that can be read. The text says why."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A line that was not placed, or placed with a doubt: its number in the file, its text, why."""

    number: int
    text: str
    why: str


@dataclass(slots=True)
class Draft:
    """What was recognised. `unsure` is for a person to look at."""

    title: str = ""
    reason: str = ""
    preamble: list[str] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)
    liability: list[str] = field(default_factory=list)
    unsure: list[Unsure] = field(default_factory=list)
    blanks: int = 0


def read_letter(data: bytes) -> Draft:
    """The parts of a letter in a .docx file. Raises NotWord for anything else, and for what would unpack too large."""
    _refuse_bombs(data)
    try:
        document = Document(BytesIO(data))
        lines = list(_lines(document))
    except Exception as error:  # python-docx lets many kinds of lxml and key errors out of broken files
        raise NotWord("broken") from error
    if not lines:
        raise NotWord("empty")
    if len(lines) > MAX_LINES:
        raise NotWord("long")
    return _sort(lines)


def _refuse_bombs(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise NotWord("large")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile:
        raise NotWord("other") from None
    names = {part.filename for part in parts}
    if "word/document.xml" not in names:
        raise NotWord("other")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise NotWord("large")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    is_numbered: bool  # by Word itself: the number stands in no text
    is_title: bool


def _lines(document: "Document") -> Iterator[_Line]:  # type: ignore[valid-type]
    """Paragraphs with words, those in tables too, in the order of the file."""
    body = document.element.body  # type: ignore[attr-defined]
    number = 0
    for element in body.iter(qn("w:p")):
        paragraph = Paragraph(element, document)  # type: ignore[arg-type]
        text = paragraph.text.replace("\u00a0", " ").strip()
        if text:
            number += 1
            style = (paragraph.style.name if paragraph.style is not None else "") or ""
            yield _Line(number, text, _is_numbered(paragraph), style in ("Title", "标题"))


def _is_numbered(paragraph: Paragraph) -> bool:
    """Word itself numbers it: said in the paragraph, in its style, or in one that the style rests on."""
    properties, style = paragraph._p.pPr, paragraph.style
    while properties is None or properties.numPr is None:
        if style is None:
            return False
        properties, style = style.element.pPr, getattr(style, "base_style", None)
    return True


def _sort(lines: list[_Line]) -> Draft:
    """Title, preamble, clauses, liability, in this order; what comes after them or breaks the count is unsure."""
    draft, expected, part = Draft(), 1, "title"
    for line in lines:
        text = _named_blanks(line.text, draft)
        liability, reason, found = LIABILITY.match(text), REASON.match(text), NUMBER.match(text)
        if part == "title" and _is_title(line, text):
            draft.title, part = text, "preamble"
        elif reason:
            draft.reason = reason[1].strip()
        elif liability:
            part = "liability"
            if liability[1].strip():
                draft.liability.append(liability[1].strip())
        elif SIGN_OFF.match(text):
            draft.unsure.append(Unsure(line.number, line.text, "sign-off"))
            part = "end" if draft.clauses else part
        elif found or line.is_numbered:
            expected, part = _numbered(draft, line, text, found, expected, part)
        elif part in ("title", "preamble"):
            draft.preamble.append(text)
            part = "preamble"
        elif part == "liability":
            draft.liability.append(text)
        else:
            why = "after-clauses" if part == "clauses" else "after-end"
            draft.unsure.append(Unsure(line.number, line.text, why))
    return draft


def _is_title(line: _Line, text: str) -> bool:
    return line.is_title or (line.number == 1 and len(text) <= 40 and "书" in text[-3:])


def _numbered(
    draft: Draft, line: _Line, text: str, found: re.Match[str] | None, expected: int, part: str
) -> tuple[int, str]:
    """Put a numbered line where its number fits; a gap in the count is said. Returns the next number and the part."""
    said = _value(found) if found else expected
    words = text[found.end() :].strip() if found else text
    if part == "liability":
        draft.liability.append(words)
        return expected, part
    if said != expected:
        draft.unsure.append(Unsure(line.number, line.text, "number"))
    draft.clauses.append(words)
    return said + 1, "clauses"


def _value(found: re.Match[str]) -> int:
    digits = found[4] or found[5]
    return int(digits) if digits else _chinese(found[1] or found[2] or found[3])


def _chinese(text: str) -> int:
    """一 to 九十九."""
    tens, _, ones = text.partition("十") if "十" in text else ("", "", text)
    value = (DIGITS.get(tens, 1) * 10) if "十" in text else 0
    return value + DIGITS.get(ones, 0)


def _named_blanks(text: str, draft: Draft) -> str:
    """Lines to write on become blanks with a number for a name: what they are called is for a person to say."""

    def name(_found: re.Match[str]) -> str:
        draft.blanks += 1
        return f"[[空{draft.blanks}]]"

    return LINE.sub(name, text)
