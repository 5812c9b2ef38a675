"""Cells that a spreadsheet program might run. Pure Python.

Source: OWASP ASVS 5.0.0 V1.2.10, with the full-width forms of Chinese keyboards. A writer puts an apostrophe before
such a cell, a reader takes it away again; what began with apostrophes already gets one more, so that nothing is lost.
"""

import re

_DANGEROUS = re.compile("'*[=+\\-@|\t\r\0＝＋－＠]")


def guarded(text: str) -> str:
    """A cell's text that no program takes for a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text
