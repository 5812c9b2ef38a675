"""A plain Excel workbook of one sheet, every cell a text. Pure Python.

Written by hand (ECMA-376 part 1, 18): a writer that takes `=1+1` for a formula is what ASVS 5.0.0 V1.2.10 warns of.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from exams.exports.texts import xml
from exams.importers.cellguard import guarded

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MOST_IN_CELL = 32_767  # Excel refuses a file with a longer cell
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same items make the same file

_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf/><xf numFmtId="49" quotePrefix="1" applyNumberFormat="1" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1"/></xf>'
        '<xf numFmtId="49" fontId="1" applyFont="1" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}


def workbook(name: str, rows: Iterable[Sequence[str]], widths: Sequence[int]) -> bytes:
    """A workbook whose one sheet has these rows; the first is the header, stays in sight and can filter."""
    written = "".join(_row(number, row) for number, row in enumerate(rows, 1))
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{written}</sheetData></worksheet>"
    )
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f'<sheets><sheet name="{xml(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return packed({**_PARTS, "xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet})


def packed(parts: dict[str, str]) -> bytes:
    """XML parts as a zip file that depends on nothing but them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name, _MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, (_HEAD + text).encode())
    return buffer.getvalue()


def _row(number: int, cells: Sequence[str]) -> str:
    style = 2 if number == 1 else 1
    written = "".join(
        f'<c r="{column_name(place)}{number}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{_cell(text)}</t></is></c>'
        for place, text in enumerate(cells)
        if text
    )
    return f'<row r="{number}">{written}</row>'


def _cell(text: str) -> str:
    """A cell's text: no formula, no accidental `_x000A_`, nothing that Excel refuses to open."""
    safe = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", guarded(text)[:MOST_IN_CELL])
    return xml(safe)


def column_name(place: int) -> str:
    """0 is A, 26 is AA."""
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
