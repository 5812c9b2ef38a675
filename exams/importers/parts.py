"""The questions of a case as a person edits them: the `##` text of `exams.importers.lines`, and back. Pure Python."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from exams.importers.blocks import ACCEPT, Block
from exams.importers.composing import compose, shares
from exams.importers.lines import ANY_ORDER, BY_HAND, WORDS, case_questions
from exams.importers.plain import FALSE_WORDS, LETTERS, TRUE_WORDS, CannotBuild

UNREAD = "？"  # in the place of a type that is not known; a person writes the type there
_SIGNS = {"*": "＊", "#": "＃"}


class CannotReadParts(CannotBuild):
    """Questions of a case that are none; `problems` are (place from 1, or 0 for the whole; English message id)."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(reason for _place, reason in problems))


def to_text(children: Sequence[Block]) -> str:
    """What the field of the form holds at first. What was not read is left out, for a person to write."""
    return "\n\n".join("\n".join(lines) for lines in _all_lines(children))


def from_text(text: str, before: Sequence[Block]) -> tuple[Block, ...]:
    """The questions that the text describes, each of them whole. Raises CannotReadParts.

    A question that was not touched stays as it is in `before`, a changed one keeps what the text does not show.
    """
    pieces = _pieces(text)
    untouched = {tuple(lines): child for lines, child in zip(_all_lines(before), before, strict=True)}
    found: list[Block] = []
    problems: list[tuple[int, str]] = []
    for place, lines in enumerate(pieces, 1):
        try:
            row = case_questions(lines)[0]
            old = untouched.get(tuple(lines)) or _changed(row, before, place if len(pieces) == len(before) else 0)
            child = replace(old, score=str(row["share"]), status=ACCEPT, reasons=())
            compose(child)
            found.append(child)
        except CannotBuild as error:
            problems.append((place if lines[0].startswith("##") else 0, str(error)))
    if problems:
        raise CannotReadParts(problems)
    return tuple(found)


def _pieces(text: str) -> list[list[str]]:
    """The lines of each question, its heading first."""
    pieces: list[list[str]] = []
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("##") or (line and not pieces):
            pieces.append([line])
        elif line:
            pieces[-1].append(line)
    return pieces


def _all_lines(children: Sequence[Block]) -> list[list[str]]:
    given = any(share != 1 for share in shares(children))
    return [
        _lines(child, f" {share}" if given else "") for child, share in zip(children, shares(children), strict=True)
    ]


def _lines(child: Block, share: str) -> list[str]:
    """A question as lines; none is empty and none looks like a heading or a mark that it is not."""
    lines = [_one(child.stem) or UNREAD, *_below(child)]
    return [f"## {WORDS.get(child.type, UNREAD)}{share}", *(line for line in lines if line)]


def _one(text: object) -> str:
    """A text in one line that does not begin with a sign of the syntax."""
    line = " ".join(str(text).split())
    return _SIGNS.get(line[:1], line[:1]) + line[1:]


def _below(child: Block) -> list[str]:
    answer = child.answer
    right = answer if isinstance(answer, list | tuple) else ()
    match child.type:
        case "true_false":
            return ["对" if answer else "错"] if isinstance(answer, bool) else []
        case "blank":
            order = [f"# {ANY_ORDER}"] if child.any_order else []
            return order + [" | ".join(map(_one, group)) for group in right]
        case "ordering":
            return [_one(text) for text in right]
        case "short" if child.keywords:
            return [" | ".join(map(_one, group)) for group in child.keywords]
        case "short":
            return [f"# {BY_HAND}", *map(_one, answer.splitlines())] if isinstance(answer, str) else []
        case "single" | "multiple":
            return [("* " if letter in right else "") + _one(text) for letter, text in child.options]
    return [_one(text) for _letter, text in child.options]


def _changed(row: dict[str, Any], before: Sequence[Block], place: int) -> Block:
    """The question of `row`, with explanation and number of the one that it was. Raises CannotBuild."""
    same = [child for child in before if _one(child.stem) == row["stem"]]
    old = same[0] if same else before[place - 1] if place else Block(type=row["type"], stem="", line=0)
    fresh = replace(
        old, type=row["type"], stem=row["stem"], options=(), answer=None, keywords=(), extra=(), any_order=False
    )
    answer = row["answer"]
    match row["type"]:
        case "single" | "multiple":
            if len(row["options"]) > len(LETTERS):
                raise CannotBuild("too many options")
            return replace(fresh, options=tuple(zip(LETTERS, row["options"], strict=False)), answer=answer)
        case "true_false":
            word = answer.strip().lower()
            return replace(fresh, answer=word in TRUE_WORDS if word in TRUE_WORDS | FALSE_WORDS else None)
        case "blank":
            return replace(fresh, answer=_groups(answer["blanks"]), any_order=answer["any_order"])
        case "ordering":
            return replace(fresh, answer=row["options"])
        case _ if isinstance(answer, dict):
            if answer["max_words"]:
                raise CannotBuild("the longest answer is set in the item once it is stored")
            return replace(fresh, answer=answer["rubric"])
    keywords = tuple(tuple(group) for group in _groups(answer))
    return replace(fresh, keywords=keywords, answer="；".join(group[0] for group in keywords if group) or None)


def _groups(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[text.strip() for text in row if text.strip()] for row in rows]
