"""Names of units as people write them: with or without brackets, blanks and Chinese numerals. Pure Python."""

import re
import unicodedata

_NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9"}
_NUMBER = re.compile("[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")
_AROUND = re.compile(r"[\s()\[\]【】_\-—·]+")
_GRADE_AND_CLASS = re.compile(r"(\d{1,2})\((\d{1,2})\)班")
_HIGH_SCHOOL = re.compile(r"([初高]\d)年级")


def _digits(found: re.Match[str]) -> str:
    """十二 is 12, 二十 is 20, 三 is 3."""
    text = found[0]
    if "十" not in text:
        return _NUMERALS[text]
    tens, _ten, ones = text.partition("十")
    return f"{_NUMERALS.get(tens, '1')}{_NUMERALS.get(ones, '0')}"


def fold_place(name: str) -> str:
    """三年级(2)班, 三（2）班, 三年级二班 and 3年级2班 are one class."""
    digits = _NUMBER.sub(_digits, "".join(unicodedata.normalize("NFKC", name).casefold().split()))
    return _HIGH_SCHOOL.sub(r"\1", _AROUND.sub("", _GRADE_AND_CLASS.sub(r"\1年级\2班", digits)))
