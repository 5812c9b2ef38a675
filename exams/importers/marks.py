"""Where a picture stands in a text: `[图1]` in a wording, an option or a question of a case. Pure Python.

A version lists its pictures in its content: `{"pictures": [{"n": 1, "id": public id, "alt", "width", "height"}]}`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

MARK = re.compile(r"[\[【]图\s*(\d{1,2})\s*[\]】]")


def pieces(text: str) -> list[tuple[str, int]]:
    """`text` cut at its marks: `("text", 0)` and `("", number)` in turn; empty texts are left out.

    >>> pieces("见[图1]，回答")
    [('见', 0), ('', 1), ('，回答', 0)]
    """
    cut = MARK.split(text)
    rows = [(part, 0) if place % 2 == 0 else ("", int(part)) for place, part in enumerate(cut)]
    return [(part, number) for part, number in rows if part or number]


def numbers(text: str) -> list[int]:
    """The numbers of the pictures that `text` shows."""
    return [int(number) for number in MARK.findall(text)]


def texts(stem: str, content: Mapping[str, Any]) -> list[str]:
    """Everything that a learner reads of a version."""
    found = [stem, *(o["text"] for side in ("options", "left", "right") for o in content.get(side, []))]
    for part in content.get("parts", []):
        found += texts(part["stem"], part["content"])
    return found


def unplaced(stem: str, content: Mapping[str, Any]) -> list[int]:
    """Numbers of the pictures that no text shows; they follow the stem."""
    shown = {number for text in texts(stem, content) for number in numbers(text)}
    return [picture["n"] for picture in content.get("pictures", []) if picture["n"] not in shown]


def read_out(text: str, pictures: Sequence[Mapping[str, Any]]) -> str:
    """`text` with the description of a picture in the place of its mark, for where no picture can stand."""
    words = {picture["n"]: picture["alt"] for picture in pictures}
    return MARK.sub(lambda mark: f"〔{words.get(int(mark[1]), '')}〕", text)
