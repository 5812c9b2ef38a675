"""Keys that are only shown by emphasis or by standing in their place. Pure Python.

Such a convention is believed only when it holds through the whole document or section.
"""

from collections import defaultdict

from exams.importers.draft import Draft, Key
from exams.importers.keys import read_letters


def apply_emphasis(drafts: list[Draft]) -> None:
    """Bold or coloured options are the key where every question with options keeps to that."""
    asked = [draft for draft in drafts if len(draft.options) >= 2]
    shown = {id(draft): _emphasised(draft) for draft in asked}
    for draft in asked:
        letters = shown[id(draft)]
        if draft.keys and letters and len(letters) < len(draft.options) and not _sound(draft, letters):
            draft.doubt("emphasis-differs")
    open_ones = [draft for draft in asked if not draft.keys]
    if not any(shown[id(draft)] for draft in open_ones):
        return
    sound = len(asked) >= 2 and all(_sound(draft, shown[id(draft)]) for draft in asked)
    for draft in open_ones:
        letters = shown[id(draft)]
        if sound and letters:
            draft.keys.append(Key("emphasis", letters))
        else:
            draft.doubt("emphasis-inconsistent")


def _emphasised(draft: Draft) -> str | None:
    """Letters of the emphasised options; None when some are emphasised only in part."""
    if any(0.1 < option.bold < 0.9 for option in draft.options):
        return None
    return "".join(option.letter for option in draft.options if option.bold >= 0.9)


def _sound(draft: Draft, letters: str | None) -> bool:
    if letters is None or len(letters) == len(draft.options):
        return False
    if not draft.keys:
        return bool(letters)
    read = read_letters(draft.keys[0].text)
    return not letters or (read is not None and "".join(sorted(read.letters)) == letters)


def apply_in_place(drafts: list[Draft]) -> None:
    """Fillings that stand in quotation marks in the sentence, where a whole section is written so."""
    sections: dict[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if (draft.type or draft.chunk.section.type) == "blank":
            sections[draft.chunk.section.order].append(draft)
    for members in sections.values():
        quoted = [draft for draft in members if draft.quoted and not draft.keys]
        whole = len(quoted) == len(members) >= 2
        for draft in quoted:
            if whole and draft.quoted is not None:
                draft.stem = draft.quoted[0]
                draft.fillings = [[text] for text in draft.quoted[1]]
            else:
                draft.doubt("answer-in-quotes")
