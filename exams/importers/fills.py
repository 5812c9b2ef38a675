"""Answers of fill-in, matching and ordering questions as they stand in one cell. Pure Python."""

import re
from collections.abc import Sequence

from exams.importers.drafts import LETTERS, same
from exams.importers.keycells import parts_of_json
from exams.importers.words import fold

GAP = re.compile(r"_{2,}|＿+|﹍{2,}|﹏{2,}|‗{2,}|(?<![A-Za-z0-9_])_(?![A-Za-z0-9_])")
_BRACKET_GAP = re.compile(r"[(（]\s*[)）]|[\[【]\s*[】\]]|〔\s*〕|\{\s*\}")
_NUMBERED = re.compile(
    r"(?:^|(?<=[\s;；,，、。|]))(?:[(（](\d{1,2})[)）]|(\d{1,2})[.、．)）](?!\d)|第([一二三四五六七八九十\d]+)空[:：]?)\s*"
)
_CIRCLED = re.compile(r"[①-⑳]\s*")
_BETWEEN = ("$;$", "||", "|", "\n", "；", ";", "、", "，", ",")
_UNSURE = re.compile(r"或者?|(?<!\d)/(?!\d)|均可|皆可|意思(相近|对)|言之有理")
Blanks = list[list[str]]


def gaps(stem: str) -> int:
    """How many gaps the stem shows: runs of underscores, else empty brackets."""
    return len(GAP.findall(stem)) or len(_BRACKET_GAP.findall(stem))


def blanks(text: str, stem: str) -> tuple[Blanks, str]:
    """One list of accepted texts per gap, and a reason to doubt.

    `|` divides gaps, `;` divides what is accepted in one gap. Another sign divides gaps only if it gives exactly as
    many parts as the stem shows gaps.
    """
    text = re.sub(r"^\s*(参考|正确|标准)?答案\s*[:：]\s*", "", text).strip()
    listed = parts_of_json(text)
    if listed is not None:
        return _from_json(listed, gaps(stem))
    if not text:
        return [], ""
    shown = gaps(stem)
    wrapped = re.findall(r"[(（【\[]([^()（）【】\[\]]+)[)）】\]]", text)
    if len(wrapped) == shown > 1 and not re.sub(r"[(（【\[][^()（）【】\[\]]+[)）】\]]", "", text).strip(" ;；,，、"):
        return [[part.strip()] for part in wrapped], ""
    numbered = _numbered(text)
    if numbered and (len(numbered) == shown or not shown):
        return _accepted(numbered), _doubt(numbered)
    if shown > 1:
        return _for_gaps(text, shown)
    parts = [part for part in re.split(r"\|+|\$;\$", text) if part.strip()]
    reason = "" if len(parts) == 1 or not shown else f"blank-count: {len(parts)} answers, {shown} gaps"
    return _accepted(parts), reason or _doubt(parts)


def _from_json(listed: list[object], shown: int) -> tuple[Blanks, str]:
    found: Blanks = []
    for part in listed:
        group = part if isinstance(part, list) else [part]
        if not all(isinstance(text, str) and text.strip() for text in group) or not group:
            return [], "key-unclear"
        found.append([str(text) for text in group])
    return found, f"blank-count: {len(found)} answers, {shown} gaps" if shown and shown != len(found) else ""


def _numbered(text: str) -> list[str]:
    """Parts after ①② or (1)(2) or 1. 2., if they count 1, 2, 3 …"""
    if text[:1] in "①":
        return [part.strip(" ;；,，、\n") for part in _CIRCLED.split(text)[1:]]
    marks = list(_NUMBERED.finditer(text))
    numbers = [mark[1] or mark[2] for mark in marks]
    if len(marks) < 2 or marks[0].start() or numbers != [str(n) for n in range(1, len(marks) + 1)]:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [text[mark.end() : end].strip(" ;；,，、|\n") for mark, end in zip(marks, ends, strict=True)]


def _for_gaps(text: str, shown: int) -> tuple[Blanks, str]:
    for separator in _BETWEEN:
        parts = [part.strip() for part in text.split(separator)]
        if len(parts) == shown and all(parts):
            found = _accepted(parts) if separator in ("$;$", "||", "|", "\n") else [[part] for part in parts]
            if separator == "||":
                found = [[text for text in part.split("|") if text.strip()] for part in parts]
            return found, _doubt(parts)
        if separator in ("$;$", "||", "|") and len(parts) > 1:
            return _accepted([part for part in parts if part]), f"blank-count: {len(parts)} answers, {shown} gaps"
    words = text.split()
    if len(words) == shown:
        return [[word] for word in words], _doubt(words)
    return _accepted([text]), f"blank-count: 1 answers, {shown} gaps"


def _accepted(parts: Sequence[str]) -> Blanks:
    return [[text.strip() for text in re.split("[;；]", part) if text.strip()] for part in parts]


def _doubt(parts: Sequence[str]) -> str:
    """或 and a slash may divide two accepted answers or belong to one: a person decides."""
    unsure = next((part for part in parts if _UNSURE.search(part)), "")
    return f"key-alternatives-unclear: {unsure.strip()}" if unsure else ""


_ARROWS = ("->", "→", "—>", "=>", "——", "--", "＝", "=", "：", ":", "—", "－", "-")


def pairs(text: str) -> tuple[list[list[str]], str]:
    """`left = right` pairs, one per line or divided by `;` or `|`; every part must hold the same sign once."""
    listed = parts_of_json(text.strip())
    if listed is not None:
        fits = all(isinstance(p, list) and len(p) == 2 and all(isinstance(t, str) for t in p) for p in listed)
        return ([[str(t) for t in p] for p in listed], "") if fits else ([], "key-unclear")  # type: ignore[attr-defined]
    parts = [part.strip() for part in re.split(r"\n|\||[;；]|\$;\$", text) if part.strip()]
    for arrow in _ARROWS:
        if parts and all(part.count(arrow) == 1 for part in parts):
            halves = [[half.strip() for half in part.split(arrow)] for part in parts]
            return halves, ""
    return [], f"key-unclear: {text.strip()}" if text.strip() else ""


def order(text: str, options: Sequence[tuple[str, str]]) -> tuple[list[str], str]:
    """The texts in their right order: letters or texts of the options, or the texts alone without options."""
    text = text.strip()
    listed = parts_of_json(text)
    if listed is not None:
        parts = [part for part in listed if isinstance(part, str)]
    else:
        parts = [part.strip() for part in re.split(r"\n|\||\$;\$|→|->|>|[;；]", text) if part.strip()]
    if not options:
        return parts, "" if len(parts) > 1 or not parts else f"key-unclear: {text}"
    texts = dict(options)
    letters = re.sub(r"[\s,，、;；|→\->]", "", fold(text).upper())
    if letters and all(letter in LETTERS for letter in letters) and sorted(letters) == sorted(texts):
        return [texts[letter] for letter in letters], ""
    names = {same(option): option for _, option in options}
    if sorted(same(part) for part in parts) == sorted(names):
        return [names[same(part)] for part in parts], ""
    return [], f"key-unclear: {text}" if text else ""
