"""Small Word files for the tests, made by hand so that every element is known."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def run(text: str, properties: str = "") -> str:
    """One run; `properties` is the inside of w:rPr. Tabs and line breaks become elements."""
    parts = []
    for place, line in enumerate(text.split("\n")):
        if place:
            parts.append("<w:br/>")
        cells = line.split("\t")
        parts.append("<w:tab/>".join(f'<w:t xml:space="preserve">{escape(cell)}</w:t>' for cell in cells))
    return f"<w:r><w:rPr>{properties}</w:rPr>{''.join(parts)}</w:r>"


def paragraph(*runs: str, number: tuple[int, int] | None = None) -> str:
    """A paragraph of runs or plain texts; `number` is (list, level)."""
    properties = ""
    if number:
        properties = f'<w:pPr><w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr></w:pPr>'
    return f"<w:p>{properties}{''.join(r if r.startswith('<w:') else run(r) for r in runs)}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """A table of plain texts."""
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def level(place: int, form: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


def numbering(*lists: tuple[str, ...]) -> str:
    """numbering.xml with one list for each tuple of levels."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{"".join(levels)}</w:abstractNum>' for n, levels in enumerate(lists, 1)
    )
    numbers = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(1, len(lists) + 1))
    return f'<w:numbering xmlns:w="{W}">{abstract}{numbers}</w:numbering>'


def docx(*blocks: str, parts: dict[str, str] | None = None, head: str = "") -> bytes:
    """A Word file with these paragraphs and tables, and further parts by name."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document xmlns:w="{W}"><w:body>{"".join(blocks)}</w:bo'
        f"dy></w:document>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return file.getvalue()
