"""Pictures in the blocks of an export: no file carries them, so their descriptions stand in their places. Pure Python.

`[图1]` becomes `[图1：说明]`; a picture that no text places follows the stem, on a line of its own: `[题后图1：说明]`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from exams.importers.blocks import Block
from exams.importers.fills import GAP
from exams.importers.marks import MARK

_SAID = re.compile(r"([\[【]图\s*\d{1,2}\s*)：[^\[\]【】\n]*([\]】])")
_APPENDED = re.compile(r"\n\[题后图\d{1,2}：[^\[\]\n]*\]")
_BRACKETS = str.maketrans("[]【】", "（）（）")


def described(block: Block, pictures: Sequence[Mapping[str, Any]], unplaced: Sequence[int] = ()) -> Block:
    """`block` with what each of `pictures` shows (rows of a version's content) in the place of its mark."""
    alts = {picture["n"]: _inside(picture["alt"]) for picture in pictures}
    if not alts:
        return block

    def said(mark: re.Match[str]) -> str:
        alt = alts.get(int(mark[1]))
        return f"{mark[0][:-1]}：{alt}{mark[0][-1]}" if alt else mark[0]

    shown = _each_text(block, lambda text: MARK.sub(said, text))
    appended = "".join(f"\n[题后图{n}：{alts[n]}]" for n in unplaced if alts.get(n))
    return replace(shown, stem=shown.stem + appended)


def bare(block: Block) -> Block:
    """The reverse: the marks alone, as the bank has them."""
    return _each_text(block, lambda text: _SAID.sub(r"\1\2", _APPENDED.sub("", text)))


def says_pictures(block: Block) -> bool:
    """True if `block` holds a description that `bare` would take off."""
    return bare(block) != block


def _inside(alt: str) -> str:
    """A description in one line that closes no bracket and draws no gap to fill in."""
    return GAP.sub("…", " ".join(alt.translate(_BRACKETS).split()))


def _each_text(block: Block, change: Callable[[str], str]) -> Block:
    """`block` with every text changed in which a picture can stand."""
    answer = block.answer
    if block.type in ("matching", "ordering") and isinstance(answer, list):
        answer = [[*map(change, row)] if isinstance(row, list | tuple) else change(row) for row in answer]
    return replace(
        block,
        stem=change(block.stem),
        options=tuple((letter, change(text)) for letter, text in block.options),
        answer=answer,
        extra=tuple(map(change, block.extra)),
        children=tuple(_each_text(child, change) for child in block.children),
    )
