"""Read a question bank written as plain text. Pure Python.

What goes in is the text of a file; what comes out is a list of blocks in the order of the source. Nothing raises:
what cannot be read is a block for review or a rejected one.
"""

from collections import defaultdict

from exams.importers.blocks import Block
from exams.importers.chunks import Chunk, Zone
from exams.importers.draft import Draft, Key
from exams.importers.emphasis import apply_emphasis, apply_in_place
from exams.importers.keylists import Entry, read_entries
from exams.importers.keys import read_letters
from exams.importers.normalise import Line, fold, lines_of
from exams.importers.reading import read_chunk, read_key_text
from exams.importers.scenario import is_scenario, read_scenario, with_shared_material
from exams.importers.splitting import Cutter
from exams.importers.verdicts import verdict


def read_text(text: str) -> list[Block]:
    """All questions of a text, in order. Raises nothing."""
    return read_lines(lines_of(text))


def read_lines(lines: list[Line]) -> list[Block]:
    """The same for lines that another reader (Word) has made."""
    cutter = Cutter(lines)
    cutter.run()
    cases = {id(chunk): block for chunk in cutter.chunks if is_scenario(chunk) and (block := read_scenario(chunk))}
    drafts = [read_chunk(chunk) for chunk in cutter.chunks]
    for zone in cutter.zones:
        _apply(zone, [draft for draft in drafts if draft.chunk.scope == zone.scope and not draft.chunk.rejected])
    _doubt_shared_keys(drafts)
    apply_emphasis(drafts)
    apply_in_place(drafts)
    blocks = [cases.get(id(draft.chunk)) or verdict(draft) for draft in drafts]
    return with_shared_material(cutter.chunks, blocks)


def _doubt_shared_keys(drafts: list[Draft]) -> None:
    """`答案：AC` below the last of two questions without a key may be one letter for each of them."""
    for place, draft in enumerate(drafts):
        kind = draft.type or draft.chunk.section.type
        if kind not in (None, "choice") or len(draft.keys) != 1 or not draft.options:
            continue
        read = read_letters(draft.keys[0].text)
        before = len(read.letters) - 1 if read else 0
        above = drafts[max(0, place - before) : place] if before > 0 else []
        if above and len(above) == before and all(other.options and not other.keys for other in above):
            draft.doubt("key-list-ambiguous")


def _apply(zone: Zone, drafts: list[Draft]) -> None:
    """Give the keys of a list to the questions they can only belong to."""
    entries = read_entries(zone.lines)
    by_group: dict[int, list[Draft]] = defaultdict(list)
    runs = _runs([d for d in drafts if d.chunk.number is not None])
    groups = _entry_groups(entries)
    numbers = [d.chunk.number.value for d in drafts if d.chunk.number is not None]
    if len(set(numbers)) == len(numbers) and len({e.number for e in entries}) == len(entries):
        _match(entries, [d for d in drafts if d.chunk.number is not None])
        return
    del by_group
    for group in groups:
        fitting = _fitting(group, groups, runs)
        if fitting is None:
            for run in runs:
                for draft in run:
                    if not any(key.origin == "label" for key in draft.keys):
                        draft.doubt("key-list-ambiguous")
            continue
        _match(group, fitting)


def _runs(drafts: list[Draft]) -> list[list[Draft]]:
    """Questions in runs: a new one begins with a new section or when numbers fall back."""
    runs: list[list[Draft]] = []
    last: Chunk | None = None
    for draft in drafts:
        chunk = draft.chunk
        if (
            last is None
            or chunk.section.order != last.section.order
            or (chunk.number and last.number and chunk.number.value <= last.number.value)
        ):
            runs.append([])
        runs[-1].append(draft)
        last = chunk
    return runs


def _entry_groups(entries: list[Entry]) -> list[list[Entry]]:
    groups: list[list[Entry]] = []
    last: Entry | None = None
    for entry in entries:
        if last is None or entry.head != last.head or entry.number <= last.number:
            groups.append([])
        groups[-1].append(entry)
        last = entry
    return groups


def _fitting(group: list[Entry], groups: list[list[Entry]], runs: list[list[Draft]]) -> list[Draft] | None:
    """The run of questions that a group of entries belongs to, when there is only one answer."""
    named = group[0].type
    if named is not None:
        same_type = [run for run in runs if (run[0].chunk.section.type or "") == named]
        rivals = [other for other in groups if other[0].type == named]
        if len(same_type) == len(rivals):
            return same_type[rivals.index(group)]
        return None
    if len(groups) == len(runs) and all(g[0].type is None for g in groups):
        run = runs[groups.index(group)]
        if [e.number for e in group] == [d.chunk.number.value for d in run if d.chunk.number]:
            return run
    return None


def _match(entries: list[Entry], drafts: list[Draft]) -> None:
    by_number: dict[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.chunk.number is not None:
            by_number[draft.chunk.number.value].append(draft)
    for entry in entries:
        found = by_number.get(entry.number, [])
        for draft in found:
            named = draft.type or (None if draft.chunk.section.soft else draft.chunk.section.type)
            other = entry.type not in (None, "choice", named) and named not in (None, "choice")
            if len(found) > 1 or entry.doubtful or other:
                draft.doubt(entry.doubtful or "key-list-ambiguous")
            else:
                _give(draft, entry)


def _give(draft: Draft, entry: Entry) -> None:
    if fold(entry.text).strip():
        key, explanation = read_key_text(entry.text)
        if key.text:
            draft.keys.append(Key("list", key.text, key.more, key.word))
        if explanation:
            draft.explanation.extend(explanation)
