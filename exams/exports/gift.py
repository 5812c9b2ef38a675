"""Questions as GIFT. Pure Python.

What GIFT cannot say (several blanks, a reference answer) is written as an essay whose key stands in a comment
`[answer:…]`, which our own reader takes up again. Ratings, which have no key, become descriptions.
"""

import json
from collections.abc import Callable, Iterable

from exams.exports.texts import apart, plain, title_of
from exams.importers.blocks import Block

_RESERVED = str.maketrans({char: f"\\{char}" for char in "\\~=#{}:"} | {"\n": "\\n"})


def write_gift(blocks: Iterable[Block]) -> bytes:
    """UTF-8 GIFT of all blocks; a case is written as questions that carry its text."""
    pieces: list[str] = []
    chapter = ""
    for block in apart(blocks):
        if block.chapter != chapter:
            chapter = block.chapter
            pieces.append(f"$CATEGORY: $course$/top/{_escaped(chapter)}\n")
        pieces.append(_question(block))
    return "\n".join(pieces).encode()


def _escaped(text: str) -> str:
    return plain(text).strip().translate(_RESERVED)


def _text(text: str) -> str:
    """A text behind the question's format: one that looks like a format needs its own."""
    return f"[plain]{_escaped(text)}" if text.lstrip().startswith("[") else _escaped(text)


def _question(block: Block) -> str:
    body, note = _WRITERS.get(block.type, _description)(block)
    notes = [("id", block.number), *(("tag", point) for point in block.points), ("answer", note)]
    if block.keywords:
        notes.append(("keywords", _described(block.keywords)))
    said = " ".join(f"[{name}:{_noted(value)}]" for name, value in notes if value)
    comment = f"// {said}\n" if said else ""
    stem = f"::{_escaped(title_of(block))}::[plain]{_escaped(block.stem)}"
    if body is None:
        listed = "".join(f"\\n{letter}. {_escaped(text)}" for letter, text in block.options)
        return f"{comment}{stem}{listed}\n"
    feedback = f"####{_text(block.explanation)}" if block.explanation else ""
    return f"{comment}{stem}{{{body}{feedback}}}\n"


def _noted(value: str) -> str:
    """A value inside a comment's brackets, as Moodle writes them."""
    return " ".join(plain(value).split("\n")).replace("\\", "\\\\").replace("]", "\\]")


def _described(key: object) -> str:
    return json.dumps(key, ensure_ascii=False)


def _single(block: Block) -> tuple[str | None, str]:
    right = set(block.answer or ())
    lines = (f"\n\t{'=' if letter in right else '~'}{_text(text)}" for letter, text in block.options)
    return "".join(lines) + "\n", ""


def _multiple(block: Block) -> tuple[str | None, str]:
    right = set(block.answer or ())
    share = f"{100 / max(1, len(right)):.5f}".rstrip("0").rstrip(".")
    weights = ((share if letter in right else "-100", text) for letter, text in block.options)
    return "".join(f"\n\t~%{weight}%{_text(text)}" for weight, text in weights) + "\n", ""


def _true_false(block: Block) -> tuple[str | None, str]:
    return "TRUE" if block.answer else "FALSE", ""


def _blank(block: Block) -> tuple[str | None, str]:
    groups = block.answer or []
    if len(groups) != 1 or any("->" in text for text in groups[0]):  # an arrow makes pairs of it
        return "", _described(groups)
    return "".join(f"\n\t={_text(text.replace('*', chr(92) + '*'))}" for text in groups[0]) + "\n", ""


def _short(block: Block) -> tuple[str | None, str]:
    return "", _described(block.answer) if block.answer else ""


def _matching(block: Block) -> tuple[str | None, str]:
    pairs = [*(block.answer or []), *(["", right] for right in block.extra)]
    body = "".join(f"\n\t={_text(left.replace('->', '→'))} -> {_escaped(right)}" for left, right in pairs) + "\n"
    return body, _described(block.answer) if any("->" in left for left, _ in pairs) else ""


def _ordering(block: Block) -> tuple[str | None, str]:
    return ">\n" + "".join(f"{_text(text)}\n" for text in block.answer or []), ""


def _description(block: Block) -> tuple[str | None, str]:
    return None, ""


_WRITERS: dict[str, Callable[[Block], tuple[str | None, str]]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "blank": _blank,
    "short": _short,
    "matching": _matching,
    "ordering": _ordering,
}
