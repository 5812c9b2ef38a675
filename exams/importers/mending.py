"""A block as a person edits it: plain text, a line per option, blank, pair or step. Pure Python."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from exams.importers.blocks import ACCEPT, Block
from exams.importers.parts import from_text, to_text
from exams.importers.plain import FALSE_WORDS, LETTERS, TRUE_WORDS, CannotBuild

_PREFIX = re.compile(r"^\(?([A-Za-z])(?:[.、:)]|\s)\s*(?=\S)")
_BETWEEN = re.compile(r"[\s,、;/]+")


class CannotRead(CannotBuild):
    """A field holds what its type does not allow; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason)


def to_fields(block: Block) -> dict[str, Any]:
    """What the fields of the form hold at first."""
    return {
        "type": block.type,
        "stem": block.stem,
        "options": "\n".join(f"{letter}. {_line(text)}" for letter, text in block.options),
        "answer": answer_text(block),
        "keywords": "\n".join(" | ".join(group) for group in block.keywords),
        "any_order": block.any_order,
        "explanation": block.explanation or "",
        "number": block.number,
        "difficulty": block.difficulty,
        "points": block.points[0] if block.points else "",
        "source": block.source,
        "audience": block.audience,
        "language": block.language,
        "parts": to_text(block.children),
    }


def _line(text: str) -> str:
    return " ".join(str(text).split())


def answer_text(block: Block) -> str:
    """The answer in plain text, as the form and the preview show it."""
    answer = block.answer
    if answer is None or answer == []:
        return ""
    if isinstance(answer, bool):
        return "对" if answer else "错"
    match block.type:
        case "single" | "multiple":
            return "".join(str(letter) for letter in answer)
        case "blank":
            return "\n".join(" | ".join(map(_line, group)) for group in answer)
        case "matching":
            pairs = [f"{_line(pair[0])} = {_line(pair[1])}" for pair in answer]
            return "\n".join([*pairs, *map(_line, block.extra)])
        case "ordering":
            return "\n".join(map(_line, answer))
        case _:
            return answer if isinstance(answer, str) else "\n".join(map(str, answer))


def from_fields(fields: Mapping[str, Any], before: Block) -> Block:
    """The block that the fields describe; what the form does not show stays as in `before`.

    Raises CannotRead, or CannotReadParts for the questions of a case.
    """
    kind = fields["type"]
    text = str(fields.get("answer") or "").strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    options = _options(str(fields.get("options") or "")) if kind in ("single", "multiple", "survey") else ()
    point = str(fields.get("points") or "").strip()
    return replace(
        before,
        type=kind,
        stem=str(fields["stem"]).strip(),
        options=options,
        answer=_answer(kind, text, lines),
        extra=tuple(line for line in lines if "=" not in line) if kind == "matching" else (),
        keywords=_groups(str(fields.get("keywords") or "").splitlines()) if kind == "short" else (),
        any_order=bool(fields.get("any_order")) and kind == "blank",
        explanation=str(fields.get("explanation") or "").strip(),
        number=str(fields.get("number") or "").strip(),
        difficulty=fields.get("difficulty"),
        points=(point,) if point else (),
        source=str(fields.get("source") or "").strip(),
        audience=str(fields.get("audience") or ""),
        language=str(fields.get("language") or ""),
        children=_children(fields, before) if kind == "scenario" else (),
        status=ACCEPT,
        reasons=(),
    )


def _children(fields: Mapping[str, Any], before: Block) -> tuple[Block, ...]:
    return from_text(str(fields["parts"] or ""), before.children) if "parts" in fields else before.children


def _groups(lines: list[str]) -> tuple[tuple[str, ...], ...]:
    rows = [tuple(part.strip() for part in line.split("|") if part.strip()) for line in lines]
    return tuple(row for row in rows if row)


def _options(text: str) -> tuple[tuple[str, str], ...]:
    """An option per line. Letters may be left out; where they stand they run from A without a gap."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [_PREFIX.match(unicodedata.normalize("NFKC", line)) for line in lines]
    if len(lines) > len(LETTERS):
        raise CannotRead("options", "too many options")
    if lines and all(found):
        letters = [match[1].upper() for match in found if match]
        if letters != list(LETTERS[: len(letters)]):
            raise CannotRead("options", "the letters of the options do not run from A without a gap")
        # Width folding may change a text, so only the letter is cut off: its sign is one character in either form.
        lines = [re.sub(r"^[(（]?[A-Za-zＡ-Ｚａ-ｚ][.、．:：)）\s]\s*", "", line) for line in lines]
    return tuple(zip(LETTERS, lines, strict=False))


def _answer(kind: str, text: str, lines: list[str]) -> Any:
    match kind:
        case "single" | "multiple":
            letters = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
            if any(letter not in LETTERS for letter in letters):
                raise CannotRead("answer", "the answer names an option that is not there")
            return list(letters)
        case "true_false":
            if text.lower() not in TRUE_WORDS | FALSE_WORDS:
                raise CannotRead("answer", "say whether it is true or false")
            return text.lower() in TRUE_WORDS
        case "blank":
            return [list(group) for group in _groups(lines)]
        case "matching":
            return [[part.strip() for part in line.split("=", 1)] for line in lines if "=" in line]
        case "ordering":
            return lines
        case "short":
            return text
        case _:
            return None
