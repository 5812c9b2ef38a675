"""Fillings that stand where the blank would be: in brackets, underlined, in quotation marks. Pure Python."""

import re

from exams.importers.draft import Draft
from exams.importers.normalise import UNDERLINE, fold

_BRACKETS = re.compile(r"[(\[【][ \t]*([^()\[\]【】]{1,20}?)[ \t]*[)\]】]")
_QUOTES = re.compile(r"[“\"]([^“”\"]{1,20})[”\"]")
_DRAWN = re.compile(r"_{1,}|[(\[【][ \t]*[)\]】]|[ ]{3,}")
_REMARK = re.compile(
    r"\d{4}年|修订|修正|简称|试行|第.+条|以下|^如|^即|^含|包括|例如|^注|^见|分$|单位|可多选|节选|原|^不|草案|格式|提示|^例|^参考|^请|^填|^选填|^按|^共|个?字$|至少|任[意写填选]|顺序|答案|^[①-⑳\d]{1,2}$|^[A-Za-z]$"
)


def find_in_place(draft: Draft) -> None:
    """Note fillings in place, when nothing else gives the key and no blank is drawn."""
    if draft.keys:
        return
    if _underlined(draft):
        return
    flat = fold(draft.stem)
    if _DRAWN.search(flat):
        return
    found = list(_BRACKETS.finditer(flat))
    if found:
        if not any(_REMARK.search(m[1].strip()) for m in found):
            draft.fillings = [[draft.stem[m.start(1) : m.end(1)].strip()] for m in found]
            draft.stem = _cut(draft.stem, [m.span() for m in found])
        else:
            draft.doubt("answer-in-brackets")
        return
    quotes = list(_QUOTES.finditer(flat))
    if quotes:
        texts = [draft.stem[m.start(1) : m.end(1)].strip() for m in quotes]
        draft.quoted = (_cut(draft.stem, [m.span() for m in quotes]), texts)


def _cut(stem: str, spans: list[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        stem = stem[:start] + "____" + stem[end:]
    return stem


def _underlined(draft: Draft) -> bool:
    """Underlined words of a Word file are the fillings."""
    texts = []
    for piece in draft.pieces:
        for start, end, kind in piece.line.marks:
            text = piece.line.text[start:end].strip()
            if kind == UNDERLINE and piece.start <= start and end <= piece.end and text.strip("_"):
                texts.append(text)
    if not texts or _DRAWN.search(fold(draft.stem)):
        return False
    stem = draft.stem
    place = 0
    for text in texts:
        found = stem.find(text, place)
        if found < 0 or stem.count(text) > 1:
            draft.doubt("answer-underlined")
            return True
        stem = stem[:found] + "____" + stem[found + len(text) :]
        place = found + 4
    draft.stem = stem
    draft.fillings = [[text] for text in texts]
    return True
