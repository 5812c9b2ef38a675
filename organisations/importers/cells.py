"""One cell into text, or the reason why what Excel kept of it cannot be trusted. Pure Python.

Excel keeps fifteen digits of a number, no leading zeros, and takes "3-2" for a day in March. What it has changed is
lost; a reader that repaired it would guess.
"""

import re
import unicodedata
from datetime import date, datetime
from typing import Any, NamedTuple

MOST_DIGITS = 15
_SCIENTIFIC = re.compile(r"-?\d(?:\.\d+)?[eE]\+?\d{1,3}")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_ZEROS = re.compile(r"0{2,}")
_BLANK = re.compile(r"[\s\u00a0\u200b\u200c\u200d\ufeff\u3000]+")
_BETWEEN_HANZI = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


class Read(NamedTuple):
    """A cell's text and what is wrong with it. `loose`: a number that may have lost zeros in front."""

    text: str
    flaw: str = ""
    loose: bool = False


def tidy(text: str) -> str:
    """One line without the blanks that people and programs leave around it; none inside a Chinese name."""
    return _BETWEEN_HANZI.sub("", _BLANK.sub(" ", text).strip().removeprefix("'").strip())


def plain(text: str) -> str:
    """Full-width letters and digits as ordinary ones, no blanks."""
    return unicodedata.normalize("NFKC", tidy(text)).replace(" ", "")


def read_text(value: Any) -> Read:
    """A cell of an ordinary column: name, unit, class, post."""
    if value is None:
        return Read("")
    if isinstance(value, bool):
        return Read(str(value))
    if isinstance(value, datetime | date) or hasattr(value, "hour"):
        return Read("", "excel-date")
    if isinstance(value, float):
        return Read("", "excel-float")
    if isinstance(value, int):
        return Read(str(value))
    text = tidy(str(value))
    return Read("", "excel-error") if text.startswith("#") and text.endswith(("!", "?", "/A")) else Read(text)


def read_number(value: Any, number_format: str, *, typed: bool) -> Read:
    """A cell that names a person by digits. `typed` is False for CSV, which cannot tell a text from a number."""
    if isinstance(value, float):
        return Read("", "excel-float" if abs(value) < 10**MOST_DIGITS else "excel-digits")
    if isinstance(value, int) and not isinstance(value, bool):
        digits = str(value)
        if len(digits) >= MOST_DIGITS:
            return Read("", "excel-digits")
        if _ZEROS.fullmatch(number_format):
            return Read(digits.zfill(len(number_format)))
        return Read(digits, loose=True)
    found = read_text(value)
    text = plain(found.text)
    if _SCIENTIFIC.fullmatch(text):
        return Read("", "excel-scientific")
    if _DECIMAL.fullmatch(text):
        return Read("", "excel-float")
    return Read(text, found.flaw, loose=not typed and text.isdigit())


_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")


def read_day(value: Any) -> Read:
    """A day as 2015-03-02, however it was typed."""
    if value is None or value == "":
        return Read("")
    if isinstance(value, datetime | date):
        return Read(value.strftime("%Y-%m-%d"))
    found = _DAY.fullmatch(plain(str(value)))
    if not found:
        return Read("", "born-wrong")
    try:
        return Read(date(*map(int, found.groups())).isoformat())
    except ValueError:
        return Read("", "born-wrong")
