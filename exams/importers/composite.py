"""Types whose key names several parts: matching and ordering. Pure Python."""

import re
from typing import Any

from exams.importers.draft import Draft
from exams.importers.keys import mark_of, read_order, read_pairs
from exams.importers.normalise import fold

Answer = tuple[Any, list[tuple[str, str]]]
_SIGN = re.compile(r"(?:^|(?<=[ \t\n]))(?:[(]?(?P<number>\d{1,2})[.、)](?!\d)|(?P<circled>[①-⑳])[.、]?)[ \t]*")
_LETTER = re.compile(r"(?:^|(?<=[ \t\n]))[(]?(?P<letter>[A-Z])[.、):][ \t]*")


def _signed(text: str) -> list[tuple[str, str, int]]:
    """Numbered parts of a text: `(sign, text, start)`."""
    flat = fold(text)
    marks = list(_SIGN.finditer(flat))
    ends = [*(m.start() for m in marks[1:]), len(text)][: len(marks)]
    return [
        (mark_of(m["number"] or m["circled"]), text[m.end() : end].strip(" \t\n;；"), m.start())
        for m, end in zip(marks, ends, strict=True)
    ]


def ordering(draft: Draft) -> Answer:
    """Parts are options or numbered parts of the stem; the key is their order."""
    parts = [(o.letter, o.text) for o in draft.options]
    if not parts:
        signed = _signed(draft.stem)
        parts = [(sign, text) for sign, text, _ in signed]
        if signed:
            draft.stem = draft.stem[: signed[0][2]].strip()
    orders = [order for key in draft.keys if (order := read_order(key.text))]
    texts = dict(parts)
    options = [(chr(65 + place), text) for place, (_, text) in enumerate(parts[:26])]
    if not orders or len(orders) != len(draft.keys):
        draft.doubt("key-unclear" if draft.keys else "key-missing")
        return None, options
    if len({tuple(order) for order in orders}) > 1:
        draft.doubt("keys-differ")
    order = orders[0]
    if (
        sorted(order) != sorted(texts)
        or len(parts) < 2
        or len(set(texts.values())) != len(parts)
        or not all(texts.values())
    ):
        draft.doubt("order-incomplete")
        return None, options
    return [texts[sign] for sign in order], options


def matching(draft: Draft) -> Answer:
    """Numbered parts on the left, lettered ones on the right; the key pairs them."""
    pairs = [pair for key in draft.keys for pair in read_pairs("\n".join([key.text, *key.more])) or []]
    stem, left, right = _columns(draft)
    draft.stem = stem
    options = [(letter, text) for letter, text in right.items()]
    if not pairs:
        draft.doubt("key-unclear" if draft.keys else "key-missing")
        return None, options
    if all(one in right and other in left for one, other in pairs):
        left, right = right, left
    found = []
    for one, other in pairs:
        if one not in left or other not in right:
            draft.doubt("pair-outside")
            return None, options
        found.append([left[one], right[other]])
    if sorted(one for one, _ in found) != sorted(left.values()) or len(found) < 2:
        draft.doubt("pairs-incomplete")
        return None, options
    return found, options


def _columns(draft: Draft) -> tuple[str, dict[str, str], dict[str, str]]:
    """The stem proper, the left and the right side."""
    left: dict[str, str] = {}
    right: dict[str, str] = {}
    stem: list[str] = []
    pieces = [(p.text, p.flat) for p in draft.pieces]
    for place, (text, flat) in enumerate(pieces):
        if place == 0:
            continue
        signs = [(m.start(), m.end(), mark_of(m["number"] or m["circled"]), left) for m in _SIGN.finditer(flat)]
        signs += [(m.start(), m.end(), m["letter"], right) for m in _LETTER.finditer(flat)]
        signs.sort(key=lambda sign: sign[0])
        if not signs or flat[: signs[0][0]].strip():
            stem.append(text)
            continue
        ends = [sign[0] for sign in signs[1:]] + [len(text)]
        for (_, end, sign, side), stop in zip(signs, ends, strict=True):
            if sign in side:
                draft.doubt("sign-twice")
            side[sign] = text[end:stop].strip(" \t;；—-")
    right.update({o.letter: o.text for o in draft.options})
    if left and right:
        first = draft.stem.split("\n")[0]
        for text, _ in pieces[1:]:
            cut = first.find(text.strip())
            first = first[:cut] if cut > 0 else first
        return first.strip(), left, right
    draft.doubt("columns-unclear")
    return draft.stem, left, right


COMPOSITES = {"ordering": ordering, "matching": matching}
