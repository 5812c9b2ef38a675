"""Read a question bank from a Word file (.docx, ECMA-376). Pure Python.

The body becomes lines in reading order: paragraphs with their automatic numbers, rows of tables, text boxes. Emphasis
is kept as marks. Raises `Unreadable` for everything that is no sound Word file, before anything large is unpacked.
"""

import io
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from exams.importers.blocks import Block, Unreadable
from exams.importers.columns import map_header
from exams.importers.docx_numbers import Numbering
from exams.importers.normalise import BOLD_OFF, BOLD_ON, LINE_OFF, LINE_ON, PICTURE, lines_of
from exams.importers.tables import Row, Sheet, read_sheets
from exams.importers.text import read_lines

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PICTURES = {
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}drawing",
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}pict",
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}object",
}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNMARKED = dict.fromkeys(range(0xE000, 0xE005))
MOST_BYTES, MOST_MEMBERS, MOST_RATIO = 64 * 1024 * 1024, 5000, 300


def read_docx(data: bytes) -> list[Block]:
    """All questions of a Word file. Raises Unreadable (`old-word`, `not-zip`, `encrypted`, `too-large`, `xml`, …)."""
    with _open(data) as archive:
        document = _part(archive, "word/document.xml")
        if document is None:
            raise Unreadable("not-docx", "word/document.xml is missing")
        body = document.find(f"{W}body")
        numbering = Numbering(_part(archive, "word/numbering.xml"), _part(archive, "word/styles.xml"))
        sheets: list[Sheet] = []
        lines = _lines(body, numbering, sheets) if body is not None else []
    blocks = [*read_lines(lines_of("\n".join(lines))), *(read_sheets(sheets) if sheets else [])]
    return sorted(blocks, key=lambda block: block.line)


def _open(data: bytes) -> zipfile.ZipFile:
    """Open the package after looking only at its table of contents."""
    if data[:8] == _OLE:
        raise Unreadable("encrypted" if b"E\x00n\x00c\x00r\x00y\x00p\x00t" in data[:200000] else "old-word")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError) as error:
        raise Unreadable("not-zip", str(error)) from None
    total = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or total > MOST_BYTES:
        raise Unreadable("too-large")
    for member in members:
        if member.flag_bits & 1:
            raise Unreadable("encrypted")
        if member.filename.startswith(("/", "\\")) or ".." in member.filename.split("/"):
            raise Unreadable("unsafe-name")
        if member.file_size > 1_000_000 and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise Unreadable("too-large", "compression ratio")
    return archive


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    """One XML part, parsed without entities or a document type; None when it is not there."""
    try:
        info = archive.getinfo(name)
        with archive.open(info) as file:
            content = file.read(info.file_size + 1)
        if len(content) > info.file_size:
            raise Unreadable("too-large")
        return ElementTree.fromstring(content, forbid_dtd=True)  # type: ignore[no-any-return]
    except KeyError:
        return None
    except (ParseError, DefusedXmlException, UnicodeError, LookupError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("xml", type(error).__name__) from None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise Unreadable("not-zip", type(error).__name__) from None


def _lines(body: Element, numbering: Numbering, sheets: list[Sheet]) -> list[str]:
    """Lines of paragraphs and tables in order; an explicit stack, so that deep nesting cannot exhaust Python's.

    A table whose first row names columns (题干, 答案 …) goes to `sheets` and leaves empty lines where it stood.
    """
    lines: list[str] = []
    stack: list[Iterator[Element]] = [iter(body)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag == f"{W}p":
            lines.extend(_paragraph(child, numbering))
        elif child.tag == f"{W}tr":
            lines.extend(_row(child, numbering))
        elif child.tag == f"{W}tbl" and (sheet := _sheet(child, len(lines), numbering)):
            sheets.append(sheet)
            lines.extend([""] * len(sheet.rows))
        elif child.tag not in (f"{W}sectPr", _FALLBACK):
            stack.append(iter(child))
    return lines


def _sheet(table: Element, before: int, numbering: Numbering) -> Sheet | None:
    """A table of questions, when its first row is the header of one."""
    rows = table.findall(f"{W}tr")
    if not rows or not map_header([_cell(cell, None) for cell in rows[0].findall(f"{W}tc")]).usable:
        return None
    return Sheet(
        "",
        [Row(before + n, [_cell(cell, numbering) for cell in row.findall(f"{W}tc")]) for n, row in enumerate(rows, 1)],
    )


def _cell(cell: Element, numbering: Numbering | None) -> str:
    """The text of a cell without marks of emphasis."""
    lines = ("".join([numbering.label(p) if numbering else "", *_runs(p, [])]) for p in cell.iter(f"{W}p"))
    return "\n".join(lines).translate(_UNMARKED).strip()


def _row(row: Element, numbering: Numbering) -> Iterator[str]:
    """A row of a table: its cells beside each other when all are single lines, else one below the other."""
    cells = [
        [line for p in cell.iter(f"{W}p") for line in _paragraph(p, numbering) if line.strip()]
        for cell in row.findall(f"{W}tc")
    ]
    cells = [cell for cell in cells if cell]
    if all(len(cell) == 1 for cell in cells):
        yield "\t".join(cell[0] for cell in cells)
    else:
        for cell in cells:
            yield from cell


def _paragraph(paragraph: Element, numbering: Numbering) -> Iterator[str]:
    """One paragraph as one line or, with line breaks, several; text boxes follow as lines of their own."""
    boxes: list[Element] = []
    text = numbering.label(paragraph) + "".join(_runs(paragraph, boxes))
    yield from text.split("\n")
    for box in boxes:
        for inner in box.iter(f"{W}p"):
            yield from "".join([numbering.label(inner), *_runs(inner, [])]).split("\n")


def _runs(paragraph: Element, boxes: list[Element]) -> Iterator[str]:
    stack: list[Iterator[Element]] = [iter(paragraph)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag == f"{W}r":
            yield _run(child, boxes)
        elif child.tag not in (f"{W}pPr", f"{W}del", f"{W}moveFrom", _FALLBACK):
            stack.append(iter(child))


def _run(run: Element, boxes: list[Element]) -> str:
    """The text of a run, between marks when it is emphasised."""
    parts: list[str] = []
    for node in run.iter():
        if node.tag == f"{W}t":
            parts.append(node.text or "")
        elif node.tag == f"{W}tab":
            parts.append("\t")
        elif node.tag in (f"{W}br", f"{W}cr"):
            parts.append("\n")
        elif node.tag == f"{W}noBreakHyphen":
            parts.append("-")
        elif node.tag == f"{W}txbxContent":
            boxes.append(node)
            return "".join(parts)
        elif node.tag in _PICTURES:
            parts.append(PICTURE)
    text = "".join(parts)
    properties = run.find(f"{W}rPr")
    if properties is None or not text:
        return text
    if _on(properties, "vanish"):
        return ""
    if _on(properties, "u", ("none",)):
        return "____" if not text.strip() else f"{LINE_ON}{text}{LINE_OFF}"
    return f"{BOLD_ON}{text}{BOLD_OFF}" if _emphasised(properties) and "\n" not in text else text


def _on(properties: Element, name: str, off: tuple[str, ...] = ()) -> bool:
    node = properties.find(f"{W}{name}")
    return node is not None and node.get(f"{W}val", "1").lower() not in ("0", "false", "off", "none", *off)


def _emphasised(properties: Element) -> bool:
    """Bold, highlighted, or in a colour that stands out."""
    colour = properties.find(f"{W}color")
    value = (colour.get(f"{W}val", "") if colour is not None else "").lower()
    return (
        _on(properties, "b") or _on(properties, "highlight") or value not in ("", "auto", "000000", "333333", "262626")
    )
