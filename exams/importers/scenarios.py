"""Rows that share a case (材料) become one scenario with sub-items. Pure Python."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from exams.importers.blocks import ACCEPT, REVIEW, Block


def gather(parts: Iterable[tuple[tuple[str, str], Block]]) -> Iterator[Block]:
    """Neighbours with the same case (number and text) are one scenario: accepted only if every sub-item is."""
    for (number, material), group in groupby(parts, key=lambda pair: pair[0]):
        blocks = [block for _, block in group]
        if not material:
            yield from blocks
            continue
        status = ACCEPT if all(block.status == ACCEPT for block in blocks) else REVIEW
        yield Block(
            type="scenario",
            stem=material,
            line=blocks[0].line,
            status=status,
            reasons=() if status == ACCEPT else ("sub-items",),
            number=number,
            line_end=blocks[-1].line_end,
            raw="\n".join(block.raw for block in blocks),
            chapter=blocks[0].chapter,
            children=tuple(blocks),
        )
