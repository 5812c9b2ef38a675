"""Where the characters of a PDF stand on the paper."""

from dataclasses import dataclass

import pypdfium2

MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Glyph:
    """One visible character: its edges in millimetres from the left and the top of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def glyphs(data: bytes) -> list[list[Glyph]]:
    """The visible characters of each page, in the order of the file."""
    pages = []
    for page in pypdfium2.PdfDocument(data):
        height, words = page.get_height(), page.get_textpage()
        found = []
        for n in range(words.count_chars()):
            text = words.get_text_range(n, 1)
            if text.strip():
                left, bottom, right, top = words.get_charbox(n)
                found.append(Glyph(text, left / MM, (height - top) / MM, right / MM, (height - bottom) / MM))
        pages.append(found)
    return pages


def outside(page: list[Glyph], *, left: float, top: float, right: float, bottom: float) -> str:
    """The characters that do not stand whole within these lines, which are millimetres from the left and the top."""
    return "".join(
        row.text
        for row in page
        if row.left < left - 0.1 or row.top < top - 0.1 or row.right > right + 0.1 or row.bottom > bottom + 0.1
    )
