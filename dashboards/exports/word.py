"""A report as an editable Word file, set after GB/T 9704-2012: A4, 22 lines of 28 characters, official typefaces.

The typefaces are named, not embedded: whoever opens the file has them, or their program takes the nearest. Tables are
real tables; charts are pictures with a text that says what they show.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from dashboards.exports.wording import Block, Chart, Grid, Heading, Paragraph

# Typeface and size: 小标宋 2号, 黑体 3号, 楷体 3号, 仿宋 3号.
TITLE, FIRST, SECOND, TEXT = ("方正小标宋简体", 22), ("黑体", 16), ("楷体_GB2312", 16), ("仿宋_GB2312", 16)
LATIN = "Times New Roman"
LINE = Pt(28)
SHADES = ("F1F3F1", "DCEBE3", "B9D8CB", "7FB8A3", "2F8069", "0C5F50")
DARK_FROM = 4
ILLEGAL = {chr(n) for n in range(32)} - {"\t", "\n"}


def document(title: str, signed: str, written_on: date, blocks: Sequence[Block], pictures: dict[int, bytes]) -> bytes:
    """The file. `pictures` are the charts as PNG by the place of their block; what has none is left to its table."""
    word = Document()
    _page(word)
    _styles(word)
    word.core_properties.title = _clean(title)
    word.core_properties.author = _clean(signed)
    word.core_properties.language = "zh-CN"
    word.add_paragraph(_clean(title), style="Title")
    for place, block in enumerate(blocks):
        if isinstance(block, Heading):
            word.add_paragraph(_clean(block.text), style=f"Heading {block.level}")
        elif isinstance(block, Paragraph):
            word.add_paragraph(_clean(block.text))
        elif isinstance(block, Grid):
            _grid(word, block)
        elif place in pictures:
            _picture(word, block, pictures[place])
    _signature(word, signed, written_on)
    kept = BytesIO()
    word.save(kept)
    return kept.getvalue()


def _clean(text: str) -> str:
    """Without characters that XML does not know."""
    return "".join(char for char in text if char not in ILLEGAL)


def _page(word: Any) -> None:
    """A4; margins 37 mm above, 35 below, 28 left, 26 right; the page number outside."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    word.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = side
        for text in ("— ", None, " —"):
            run = line.add_run(text or "")
            _face(run, "宋体", 14)
            if text is None:
                _page_number(run)


def _page_number(run: Any) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _styles(word: Any) -> None:
    """The paragraph styles, so that whoever edits changes one thing for all."""
    for name, (face, size) in {"Normal": TEXT, "Title": TITLE, "Heading 1": FIRST, "Heading 2": SECOND}.items():
        style = word.styles[name]
        _face(style, face, size)
        style.font.bold = style.font.italic = False
        spacing = style.paragraph_format
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
        spacing.space_before = spacing.space_after = Pt(0)
        spacing.widow_control = True
        properties = style.element.get_or_add_pPr()
        for border in properties.findall(qn("w:pBdr")):
            properties.remove(border)
        if name == "Title":
            spacing.alignment, spacing.line_spacing, spacing.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(35), LINE
        else:
            _indent(properties)
    word.styles["Normal"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _indent(properties: Any, characters: int = 2) -> None:
    """The first line begins so many characters in, whatever the size."""
    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(100 * characters))
    indent.set(qn("w:firstLine"), str(320 * characters))


def _face(of: Any, face: str, size: int) -> None:
    """Chinese and Latin typeface and size of a style or a run, in black."""
    of.font.name, of.font.size = LATIN, Pt(size)
    fonts = of.element.get_or_add_rPr().get_or_add_rFonts() if hasattr(of, "paragraph_format") else of._r.rPr.rFonts
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        if fonts.get(qn(name)) is not None:
            del fonts.attrib[qn(name)]
    fonts.set(qn("w:eastAsia"), face)
    of.font.color.rgb = None
    color = of.element.get_or_add_rPr().find(qn("w:color")) if hasattr(of, "paragraph_format") else None
    if color is not None:
        of.element.rPr.remove(color)


def _plain(line: WordParagraph, side: Any, spacing: Pt = LINE) -> WordParagraph:
    """A paragraph without indent."""
    _indent(line._p.get_or_add_pPr(), 0)
    line.alignment = side
    line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, spacing
    return line


def _grid(word: Any, grid: Grid) -> None:
    """Caption and table; the head is repeated on each page, a row is not torn apart."""
    caption = _plain(word.add_paragraph(), WD_ALIGN_PARAGRAPH.CENTER)
    caption.paragraph_format.keep_with_next = True
    _face(caption.add_run(_clean(grid.caption)), "黑体", 12)
    table = word.add_table(rows=1, cols=len(grid.head), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    size = 10 if len(grid.head) > 7 else 12
    for cell, text in zip(table.rows[0].cells, grid.head, strict=True):
        _cell(cell, text, "黑体", size)
    _mark(table.rows[0], "w:tblHeader")
    for number, row in enumerate(grid.rows):
        cells = table.add_row()
        _mark(cells, "w:cantSplit")
        for at, (cell, text) in enumerate(zip(cells.cells, row, strict=True)):
            level = grid.levels[number][at] if grid.levels else None
            _cell(cell, text, TEXT[0], size, level)
    _plain(word.add_paragraph(), WD_ALIGN_PARAGRAPH.LEFT, Pt(14))


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _cell(cell: Any, text: str, face: str, size: int, level: int | None = None) -> None:
    line = _plain(cell.paragraphs[0], WD_ALIGN_PARAGRAPH.CENTER, Pt(size + 6))
    run = line.add_run(_clean(text))
    _face(run, face, size)
    if level is not None:
        shade = OxmlElement("w:shd")
        for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", SHADES[level])):
            shade.set(qn(name), value)
        cell._tc.get_or_add_tcPr().append(shade)
        if level >= DARK_FROM:
            run.font.color.rgb = RGBColor(255, 255, 255)


def _picture(word: Any, chart: Chart, png: bytes) -> None:
    """The drawing in the middle, its caption below, its text for who does not see it."""
    line = word.add_paragraph()
    _indent(line._p.get_or_add_pPr(), 0)
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    line.paragraph_format.keep_with_next = True
    shape = line.add_run().add_picture(BytesIO(png), width=Mm(120))
    shape._inline.docPr.set("descr", _clean(chart.caption))
    caption = _plain(word.add_paragraph(), WD_ALIGN_PARAGRAPH.CENTER)
    _face(caption.add_run(_clean(chart.caption)), "黑体", 12)


def _signature(word: Any, signed: str, written_on: date) -> None:
    """Unit and day at the right below."""
    word.add_paragraph()
    for text in (signed, f"{written_on.year}年{written_on.month}月{written_on.day}日"):
        line = _plain(word.add_paragraph(_clean(text)), WD_ALIGN_PARAGRAPH.RIGHT)
        line.paragraph_format.right_indent = Pt(32)
