"""Which options a key cell names, and whether a judgement is true. Pure Python; doubt instead of a guess."""

import json
import re
from collections.abc import Sequence

from exams.importers.drafts import LETTERS, same
from exams.importers.words import fold, is_judgement_pair, judgement

Options = Sequence[tuple[str, str]]

_LABEL = re.compile(
    r"^[【\[(]?\s*(我的答案|参考答案|正确答案|标准答案|正确选项|答案|answers?|key)\s*[】\])]?\s*[:：为是]?\s*", re.I
)
_LETTER_KEY = re.compile(r"[A-Z](?:[\s,，、;；|/&+.。和与及]*[A-Z])*[\s,，、;；.。|]*")
_LETTER_TEXT = re.compile(r"([A-Z])\s*[.、:：)）．]\s*(\S.*)", re.S)
_DIGIT_KEY = re.compile(r"\d{1,2}(?:[\s,，、;；|/]+\d{1,2})*")
_SEPARATORS = ("$;$", "\n", "|", ";", "；", "||", "、", ",", "，")
LINES = re.compile(r"[|\n]")
_WRAPPED = re.compile(r"[(（\[【]\s*([^()（）\[\]【】]*?)\s*[)）\]】]")


def parts_of_json(text: str) -> list[object] | None:
    """The list that a cell holds as JSON, else None."""
    if not text.startswith("[") or len(text) > 100_000:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def choice_key(text: str, options: Options, numbered: bool = False) -> tuple[list[str], str]:
    """Letters that the cell names, and a reason to doubt ("" if there is none).

    Letters in any dress (A, ab, A、C, (A), 答案：A, A.text), or the whole text of options. Numbers only where option
    columns themselves are numbered. A cell that could mean two things is doubted.
    """
    plain = _LABEL.sub("", fold(text).upper().strip()).strip()
    listed = parts_of_json(text.strip())
    if listed is not None and all(isinstance(part, str) for part in listed):
        plain = "\n".join(str(part) for part in listed).upper()
        text = "\n".join(str(part) for part in listed)
    wrapped = _WRAPPED.fullmatch(plain)
    plain = wrapped[1] if wrapped else plain
    if not plain:
        return [], ""
    by_text = _texts(text, options)
    letters: list[str] = []
    if _LETTER_KEY.fullmatch(plain):
        letters = re.findall("[A-Z]", plain)
    elif numbered and _DIGIT_KEY.fullmatch(plain):
        places = [int(digits) - 1 for digits in re.findall(r"\d+", plain)]
        if any(not 0 <= place < len(LETTERS) for place in places):
            return [], f"key-outside-options: {text.strip()}"
        letters = [LETTERS[place] for place in places]
    if letters:
        doubted = by_text and sorted(by_text) != sorted(letters)
        return sorted(letters), f"ambiguous-key: {text.strip()}" if doubted else ""
    labelled = _labelled(plain, options)
    if labelled is not None:
        return labelled
    if by_text:
        return sorted(by_text), ""
    return [], f"key-with-digit: {text.strip()}" if _DIGIT_KEY.fullmatch(plain) else f"key-unclear: {text.strip()}"


def _texts(text: str, options: Options) -> list[str]:
    """Letters of the options whose whole text the cell repeats; [] unless every part of it is exactly one option."""
    where: dict[str, list[str]] = {}
    for letter, option in options:
        where.setdefault(same(fold(option)), []).append(letter)
    whole = where.get(same(fold(text)), [])
    if whole:
        return whole if len(whole) == 1 else []
    for separator in _SEPARATORS:
        parts = [same(fold(part)) for part in text.split(separator) if part.strip()]
        if len(parts) > 1 and all(len(where.get(part, [])) == 1 for part in parts):
            return [where[part][0] for part in parts]
    return []


def _labelled(plain: str, options: Options) -> tuple[list[str], str] | None:
    """Letters with the option's text behind (A.北京): the text must be that option's."""
    texts = {letter: same(fold(option)) for letter, option in options}
    lines = [line for line in plain.split("\n") if line.strip()]
    found = []
    for line in lines:
        match = _LETTER_TEXT.fullmatch(line.strip())
        if not match:
            return None
        if texts.get(match[1]) != same(match[2].casefold()):
            return [match[1]], f"keys-differ: {line.strip()}"
        found.append(match[1])
    return (sorted(found), "") if found else None


def judgement_key(text: str, options: Options, table: dict[str, bool] | None = None) -> tuple[bool | None, str]:
    """True or False, and a reason to doubt. A letter or a number counts only through the options it points to, or
    through `table` (what the header says: 1对2错).
    """
    plain = _LABEL.sub("", fold(text)).strip(" ()[]【】.。")
    if table and plain in table:
        return table[plain], ""
    pair = [judgement(option) for _, option in options]
    if is_judgement_pair([option for _, option in options]):
        place = LETTERS.find(plain.upper()) if plain.isalpha() and len(plain) == 1 else -1
        if place in (0, 1):
            return pair[place], f"ambiguous-key: {plain}" if judgement(plain) not in (None, pair[place]) else ""
        if plain in ("1", "2"):
            meant = pair[int(plain) - 1]
            return meant, "" if plain == "2" or meant else f"ambiguous-key: {plain}"
        labelled = _labelled(plain.upper(), options)
        if labelled is not None and not labelled[1] and len(labelled[0]) == 1:
            return pair[LETTERS.index(labelled[0][0])], ""
    found = judgement(text)
    if found is None and plain:
        letter = len(plain) == 1 and plain.isalpha() and plain.isascii()
        return None, f"{'judgement-letter' if letter else 'key-unclear'}: {text.strip()}"
    return found, ""


def listed_of(text: str, sign: re.Pattern[str]) -> list[str]:
    """Several texts in one cell, divided by a sign or as JSON."""
    listed = parts_of_json(text)
    parts = sign.split(text) if listed is None else [part for part in listed if isinstance(part, str)]
    return [part.strip() for part in parts if part.strip()]


def groups_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Keywords: `|` or a line between groups, `;` between words of the same meaning; or lists as JSON."""
    listed = parts_of_json(text)
    groups = [re.split("[;；]", part) for part in LINES.split(text)] if listed is None else listed
    found = [
        tuple(word.strip() for word in group if isinstance(word, str) and word.strip())
        for group in groups
        if isinstance(group, list)
    ]
    return tuple(group for group in found if group)
