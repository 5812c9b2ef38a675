"""A case with several questions: the material, then its questions in order. Pure Python."""

import re
from dataclasses import replace

from exams.importers.blocks import ACCEPT, REVIEW, Block
from exams.importers.chunks import Chunk, Section, body_of
from exams.importers.normalise import Line
from exams.importers.numbering import Number, number_at
from exams.importers.reading import read_chunk
from exams.importers.verdicts import verdict

_RANK = {"paren": 2, "dot": 1, "word": 0, "square": 1, "hash": 0, "bare": 9}


def is_scenario(chunk: Chunk) -> bool:
    """A chunk that stands in a section of cases, or says itself that it is one."""
    if chunk.material or chunk.section.type == "scenario":
        return True
    return any(word in chunk.lines[0].flat[:60] for word in ("案例分析", "材料分析", "案例题", "[case study]"))


def read_scenario(chunk: Chunk) -> Block | None:
    """The case with its questions as children, or None when it has no numbered questions."""
    starts = _starts(chunk)
    if not starts:
        return None
    first = starts[0][0]
    material = read_chunk(Chunk(chunk.lines[:first], Section(None), chunk.number, reasons=list(chunk.reasons)))
    children = []
    for place, (begin, number) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else len(chunk.lines)
        lines = _trimmed(chunk.lines[begin:end])
        children.append(verdict(read_chunk(Chunk(lines, Section(None), number))))
    reasons = [reason for reason in material.reasons if reason != "type-tags-differ"]
    if material.keys or material.options:
        reasons.append("parts-unclear")
    if len(material.stem.strip()) < 6:
        reasons.append("material-missing")
    if _ambiguous(chunk, starts):
        reasons.append("parts-unclear")
    if any(child.status != ACCEPT for child in children):
        reasons.append("part-for-review")
    return Block(
        type="scenario",
        stem=material.stem,
        line=chunk.lines[0].no,
        status=REVIEW if reasons else ACCEPT,
        reasons=tuple(dict.fromkeys(reasons)),
        line_end=chunk.lines[-1].no,
        raw="\n".join(line.raw for line in chunk.lines),
        number=str(chunk.number.value) if chunk.number else "",
        difficulty=material.difficulty,
        score=material.score,
        children=tuple(replace(child, raw=child.raw) for child in children),
    )


def with_shared_material(chunks: list[Chunk], blocks: list[Block]) -> list[Block]:
    """Questions below a material "回答 3-5 题" become the parts of one case."""
    found: list[Block] = []
    open_until = 0
    for chunk, block in zip(chunks, blocks, strict=True):
        if chunk.span is not None:
            found.append(
                replace(block, type="scenario", options=(), answer=None, status=REVIEW, reasons=("parts-missing",))
            )
            open_until = chunk.span[1]
        elif open_until and chunk.number is not None and chunk.number.value <= open_until:
            found[-1] = _with_part(found[-1], block, last=chunk.number.value == open_until)
            open_until = 0 if chunk.number.value == open_until else open_until
        else:
            open_until = 0
            found.append(block)
    return found


def _with_part(case: Block, part: Block, last: bool) -> Block:
    """The case with one more part; accepted when the last one is there and all are accepted."""
    parts = (*case.children, part)
    span = [int(number) for number in re.findall(r"\d+", case.raw.split("\n")[0])][-2:]
    whole = last and len(span) == 2 and len(parts) == span[1] - span[0] + 1
    reasons = () if whole else ("parts-missing",)
    if any(child.status != ACCEPT for child in parts):
        reasons = (*reasons, "part-for-review")
    status = REVIEW if reasons else ACCEPT
    return replace(
        case, children=parts, status=status, reasons=reasons, line_end=part.line_end, raw=f"{case.raw}\n{part.raw}"
    )


def _trimmed(lines: list[Line]) -> list[Line]:
    while lines and lines[-1].empty:
        lines = lines[:-1]
    return lines


def _candidates(chunk: Chunk) -> list[tuple[int, Number]]:
    outer = _RANK[chunk.number.form] if chunk.number else -1
    found = []
    for place, line in enumerate(chunk.lines):
        number = number_at(line.flat) if place and not line.empty else None
        if number and not number.weak and _RANK[number.form] > outer:
            found.append((place, number))
    return found


def _starts(chunk: Chunk) -> list[tuple[int, Number]]:
    """Lines that begin the questions: numbers of one style, from 1 on."""
    found: list[tuple[int, Number]] = []
    for place, number in _candidates(chunk):
        if (not found and number.value == 1) or (
            found and number.form == found[0][1].form and number.value == len(found) + 1
        ):
            found.append((place, number))
    if len(found) == 1 and not any(body_of(line) == 2 for line in chunk.lines[found[0][0] :]):
        return []
    return found


def _ambiguous(chunk: Chunk, starts: list[tuple[int, Number]]) -> bool:
    """The same number in the same style stands twice: an answer may hold such a list."""
    form = starts[0][1].form
    values = [number.value for _, number in _candidates(chunk) if number.form == form]
    return len(values) != len(starts)
