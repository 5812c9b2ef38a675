"""Texts as other programs can hold them. Pure Python."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.sax.saxutils import escape

from exams.importers.blocks import Block

_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """A text that XML 1.0 allows, with one kind of line end."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def xml(text: str) -> str:
    """A text for an element or a quoted attribute."""
    return escape(plain(text), {'"': "&quot;", "\t": "&#9;"})


def title_of(block: Block, most: int = 60) -> str:
    """A name for a question: its number, else the beginning of its stem, in one line."""
    return " ".join(plain(block.number or block.stem).split())[:most]


def apart(blocks: Iterable[Block]) -> Iterator[Block]:
    """Cases as separate questions that carry the case's text, for formats that know no shared text."""
    for block in blocks:
        if block.type != "scenario":
            yield block
            continue
        for place, child in enumerate(block.children, 1):
            number = child.number or (f"{block.number}-{place}" if block.number else "")
            stem = f"{block.stem}\n{child.stem}"
            yield replace(child, stem=stem, number=number, chapter=child.chapter or block.chapter)
