"""Options that share a cell with each other or with the stem. Pure Python."""

import re
from collections.abc import Sequence

from exams.importers.drafts import LETTERS
from exams.importers.keycells import parts_of_json

Options = list[tuple[str, str]]
_LEAD = re.compile(r"\s*[(（\[【]?([A-Za-zＡ-Ｚ])(?:[)）\]】]\s*[.、．:：]?|\s*[.、．:：,，])\s*")
_INLINE = re.compile(r"(?:^|(?<=[\s;；,，。|　]))[(（]?([A-ZＡ-Ｚ])[)）]?[.、．:：)）]\s*")
_STEM_LINE = re.compile(r"^[ \t　]*[(（]?([A-ZＡ-Ｚ])[)）]?[.、．:：)）]", re.M)


def _half(letter: str) -> str:
    return chr(ord(letter) - 0xFEE0) if ord(letter) > 0xFF00 else letter


def in_one_cell(text: str) -> tuple[Options, str]:
    """Options of one cell, and a reason to doubt.

    Divided by lines, `$;$`, `|`, `;` or by their own letters. Letters that are there must run A, B, C …; a part without
    a letter among parts with letters continues the part before it.
    """
    text = text.strip()
    if not text:
        return [], ""
    listed = parts_of_json(text)
    if listed is not None and all(isinstance(part, str) for part in listed):
        return _lettered([str(part) for part in listed])
    inline = by_letters(text)
    if inline:
        return inline, ""
    for separator in ("$;$", "\n", "||", "|", "；", ";", "\t"):
        parts = [part.strip() for part in text.split(separator) if part.strip()]
        if len(parts) > 1:
            return _lettered(parts)
    return [], "options-unclear"


def by_letters(text: str) -> Options:
    """Split where A., B., C. … stand at the beginning or after a blank, if they run from A without a gap or repeat."""
    marks = list(_INLINE.finditer(text))
    letters = [_half(mark[1]) for mark in marks]
    if len(marks) < 2 or marks[0].start() or letters != list(LETTERS[: len(letters)]):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    texts = [text[mark.end() : end].strip().rstrip("|;；").strip() for mark, end in zip(marks, ends, strict=True)]
    return list(zip(letters, texts, strict=True))


def _lettered(parts: Sequence[str]) -> tuple[Options, str]:
    """Letters given by the parts themselves, else by their order."""
    leads = [_LEAD.match(part) for part in parts]
    marks = [_half(lead[1]).upper() if lead else "" for lead in leads]
    if not any(marks) or marks[0] != "A":
        return list(zip(LETTERS, (part.strip() for part in parts), strict=False)), ""
    found: Options = []
    for part, lead, mark in zip(parts, leads, marks, strict=True):
        if lead and len(found) < len(LETTERS) and mark == LETTERS[len(found)]:
            found.append((mark, part[lead.end() :].strip()))
        elif lead and mark in LETTERS[:26] and not part.strip()[1:2].isalpha():
            return list(zip(LETTERS, (p.strip() for p in parts), strict=False)), f"option-missing: {''.join(marks)}"
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{part.strip()}")
    return found, ""


def without_own_letters(options: Options) -> Options:
    """Take `A.` off the text of option A, `B.` off that of B …, if every option carries its own letter."""
    leads = [_LEAD.match(text) for _, text in options]
    if len(options) < 2 or any(
        not lead or _half(lead[1]).upper() != letter for lead, (letter, _) in zip(leads, options, strict=True)
    ):
        return options
    return [(letter, text[lead.end() :].strip()) for lead, (letter, text) in zip(leads, options, strict=True) if lead]


def from_stem(stem: str) -> tuple[str, Options]:
    """A stem that carries its options in lines A. … B. … below it: the stem alone, and the options."""
    first = _STEM_LINE.search(stem)
    if not first or _half(first[1]) != "A" or not stem[: first.start()].strip():
        return stem, []
    options = by_letters(stem[first.start() :].strip())
    return (stem[: first.start()].strip(), options) if len(options) > 1 else (stem, [])
