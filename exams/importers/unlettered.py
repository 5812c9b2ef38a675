"""Options without letters, one per line below a stem whose end is certain. Pure Python."""

import re

from exams.importers.draft import Draft
from exams.importers.judgement import option_pair
from exams.importers.normalise import fold
from exams.importers.options import LETTERS, RIGHT, Option
from exams.importers.wording import TYPE_TAG, type_named

_BULLET = re.compile(r"[ \t]*[○●□☐◯◻◎•·\-*][ \t]*")
_END = re.compile(r"(?:[)?。:]|[)\]】>][ ]*\*?)[ \t]*$")


def find_unlettered(draft: Draft) -> None:
    """Take lines below the stem as options where the type says that there are some, and right ones are marked."""
    rows = draft.pieces[1:]
    if _right_and_wrong(draft) or not 2 <= len(rows) <= len(LETTERS):
        return
    head = draft.pieces[0].flat
    tag = TYPE_TAG.search(head)
    kind = type_named(tag["word"]) if tag else draft.type or draft.chunk.section.type
    if kind not in ("single", "multiple", "survey", "choice") or not _END.search(head):
        return
    found = []
    for place, piece in enumerate(rows):
        bullet = _BULLET.match(piece.flat)
        text = piece.text[bullet.end() if bullet else 0 :]
        right = RIGHT.search(fold(text))
        found.append(Option(LETTERS[place], (text[: right.start()] if right else text).strip(), right is not None))
    if any(option.marked for option in found) or kind == "survey":
        draft.options = found
        draft.pieces = draft.pieces[:1]
    elif not draft.keys:
        draft.doubt("choice-without-options")


def _right_and_wrong(draft: Draft) -> bool:
    """The last two lines are `对` and `错`: they are the options of a judgement."""
    if len(draft.pieces) < 3:
        return False
    found = []
    for place, piece in enumerate(draft.pieces[-2:]):
        bullet = _BULLET.match(piece.flat)
        text = piece.text[bullet.end() if bullet else 0 :].strip()
        right = RIGHT.search(fold(text))
        found.append(Option("AB"[place], (text[: right.start()] if right else text).strip(), right is not None))
    if option_pair([(option.letter, option.text) for option in found]) is None:
        return False
    draft.options = found
    draft.pieces = draft.pieces[:-2]
    return True
