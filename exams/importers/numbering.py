"""Recognise how a question's number is written at the start of a line. Pure Python."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LEAD = r"[ \t]*(?:>[ ]*)*(?P<hash>#{1,6}[ \t]*)?(?:[-*+•][ \t]+)?"
# A key may stand before the number: "（B）1. …", "( √ ) 1、…".
_KEY = r"(?P<key>[(\[【][ \t]*(?:[A-Za-z][A-Za-z ,、]{0,20}|[√×✓✗✔✘❌]|对|错|正确|错误|)[ \t]*[)\]】][ \t]*)?"
_TYPE = "单项选择题|多项选择题|单选题|多选题|判断题|填空题|简答题|问答题|论述题|单选|多选|判断|填空|简答"
_TAG = rf"(?:[(\[【][ ]*(?P<tag>{_TYPE})[ ]*[)\]】][ \t]*)?"
_HAN = "一二三四五六七八九十百"
_NUMBER = re.compile(
    _LEAD + _TAG + _KEY + r"(?:"
    rf"(?P<named>{_TYPE})[ ]*(?P<typed>\d{{1,4}})[ ]*[:.、)]|"
    rf"第[ ]*(?P<di>\d{{1,5}}|[{_HAN}]{{1,5}})[ ]*(?:小)?题[ ]*[:.、,)]?"
    r"|(?:题目|试题|题号|问题|题)[ ]*[:]?[ ]*(?P<word>\d{1,5})[ ]*(?:[:.、)]|(?=[ \t(\[【])|$)"
    r"|(?:questions?|q|no|item)[ ]*[.:#]?[ ]*(?P<latin>\d{1,5})[ ]*(?:[:.、)\-]|(?=[ \t(\[【])|$)"
    r"|\((?P<paren>\d{1,4})\)[ ]*[.、:]?"
    r"|[\[【](?P<square>\d{1,5})[\]】][ ]*[.、:]?"
    r"|(?P<dot>\d{1,5})[ ]*(?P<mark>[.、:),。])"
    r"|(?P<bare>\d{1,5})(?:[ \t]+(?=\S)|[ \t]*$|(?=[(\[【]))"
    r")[ \t]*",
    re.IGNORECASE,
)
_HAN_NUMBER = re.compile(
    rf"[ \t]*(?:#{{1,6}}[ \t]*)?(?:(?P<han>[{_HAN}]{{1,3}})[ ]*[、.]|\((?P<bracket>[{_HAN}]{{1,3}})\)[ ]*[、.]?)[ \t]*"
)
_CIRCLED = re.compile(r"[ \t]*(?P<sign>[①-⑳])[.、]?[ \t]*")


@dataclass(slots=True)
class Number:
    """A number as written: value, style, whether it may as well be a figure of the text, and where it ends."""

    value: int
    form: str
    weak: bool
    end: int
    key: tuple[int, int] | None = None
    tag: str = ""


def han_value(text: str) -> int:
    """一 to 九十九 (and 百) as a number; 0 when it is none."""
    digits = {char: place for place, char in enumerate("一二三四五六七八九", 1)}
    total = current = 0
    for char in text:
        if char in digits:
            current = digits[char]
        else:
            total += (current or 1) * (10 if char == "十" else 100)
            current = 0
    return total + current


def number_at(flat: str) -> Number | None:
    """The number that a line begins with, or None. A weak one counts only where the sequence wants it."""
    match = _NUMBER.match(flat)
    if match is None:
        return None
    form = next(name for name in ("typed", "di", "word", "latin", "paren", "square", "dot", "bare") if match[name])
    written = match[form]
    value = int(written) if written.isdigit() else han_value(written)
    end, follows = match.end(), flat[match.end(form) :]
    weak = form == "bare" and not match["hash"]
    if form == "dot":
        body = follows.lstrip(" ")[1:]
        weak = match["mark"] in ",。" or body[:1].isdigit() or (match["mark"] == ":" and body[:1].isdigit())
    if form in ("word", "latin", "di", "typed"):
        form = "word"
    key = (match.start("key"), match.end("key")) if match["key"] else None
    if key and not match["key"].strip("()[]【】 \t"):
        key = key if form in ("dot", "word", "bare") else None
    form = "hash" if form == "bare" and match["hash"] else form
    return Number(value, form, weak, end, key, match["tag"] or match["named"] or "")


# A number that was not understood still stands before the stem; figures with a unit are a part of it.
NUMBER_LEFT = re.compile(
    r"[lI|][.、](?=[^A-Za-z])|\d{1,4}(?:\.\d{1,3})+[ \t.、]|\d{1,4}[.、)](?!\d)"
    r"|\d{1,3}(?:\.\d{1,3})?[ ]*(?=下列|以下|根据|依据|按照|关于|对于|我国|[《“\"])"
    r"|\d{1,3}[ \t]+(?![个年月日天次元万亿%小时分周岁级项条名人位种类倍号至多余家省市份期\-~])"
)
_DOTTED = re.compile(_LEAD + r"(?P<major>\d{1,2})\.(?P<minor>\d{1,3})[ ]*[、.]?[ ]*(?=[^\d.\s%])")


def dotted_numbers(lines: Sequence[str]) -> dict[int, Number]:
    """`1.1`, `1.2`, `1.3` before questions, by index: chapter and number, believed only where they count on."""
    found = [(index, match) for index, flat in enumerate(lines) if (match := _DOTTED.match(flat))]
    pairs = [(int(match["major"]), int(match["minor"])) for _, match in found]
    numbers = {}
    for place, (index, match) in enumerate(found):
        major, minor = pairs[place]
        if (place and pairs[place - 1] == (major, minor - 1)) or pairs[place + 1 : place + 2] == [(major, minor + 1)]:
            numbers[index] = Number(minor, "dot", False, match.end())
    return numbers


def han_number_at(flat: str) -> Number | None:
    """`一、` or `（一）` at the start of a line."""
    match = _HAN_NUMBER.match(flat)
    if match is None:
        return None
    return Number(han_value(match["han"] or match["bracket"]), "han", True, match.end())


def circled_at(flat: str) -> Number | None:
    """`①` at the start of a line."""
    match = _CIRCLED.match(flat)
    if match is None:
        return None
    return Number("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳".index(match["sign"]) + 1, "circled", True, match.end())
