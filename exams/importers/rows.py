"""One row of a table into one question. Pure Python."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from exams.importers import fills, optionlists
from exams.importers.blocks import Block
from exams.importers.cellguard import unguarded
from exams.importers.columns import Mapping
from exams.importers.drafts import LETTERS, Draft, settle
from exams.importers.keycells import LINES, choice_key, groups_of, judgement_key, listed_of
from exams.importers.normalise import tidy
from exams.importers.stems import Stem, clean_stem, take_key
from exams.importers.words import ANY, CHOICE, difficulty_of, fold, is_judgement_pair, judgement, kind_of

_CODE = re.compile(r"(\d)\s*[-—=:：.、为是]?\s*([^\d\s,，;；、/|)）]+)")
_BRACKET_AT_END = re.compile(r"[(（]\s*[)）]\s*[。.]?\s*$")  # where a judgement is to be written
_DIVIDE = re.compile(r"[;；|、\n]+")


class HasCells(Protocol):
    """A row as far as it is read here."""

    cells: list[str]


@dataclass(slots=True)
class Context:
    """What stands around a row: sheet, section's kind, chapter, codes that the header explains, digits in the key."""

    sheet: str = ""
    kind: str | None = None
    chapter: str = ""
    type_codes: dict[str, str] = field(default_factory=dict)
    truth_codes: dict[str, bool] = field(default_factory=dict)
    twos: bool = False
    says_single: bool = False
    type_column: int | None = None

    def learn(self, mapping: Mapping, rows: Sequence[HasCells]) -> None:
        """Read the header's notes and the columns as a whole."""
        note = fold(mapping.notes.get("type", ""))
        self.type_codes = {code: kind for code, word in _CODE.findall(note) if (kind := kind_of(word))}
        note = fold(mapping.notes.get("answer", ""))
        truths = {code: judgement(word) for code, word in _CODE.findall(note)}
        self.truth_codes = {code: truth for code, truth in truths.items() if truth is not None}
        self.type_column = mapping.columns.get("type", [None])[0] or self._typed(mapping, rows)
        if "type" in mapping:
            self.type_column = mapping.columns["type"][0]
        keys = mapping.columns.get("answer", [])
        self.twos = any(_at(row.cells, column).strip() == "2" for row in rows for column in keys)
        kinds = {_at(row.cells, self.type_column) for row in rows} if self.type_column is not None else set()
        self.says_single = any(kind_of(word) == "single" for word in kinds)

    @staticmethod
    def _typed(mapping: Mapping, rows: Sequence[HasCells]) -> int | None:
        """A column of classes (类别) whose every word is a kind of question is the type's column."""
        for column in mapping.columns.get("chapter", []):
            words = {_at(row.cells, column).strip() for row in rows} - {""}
            if words and all(kind_of(word) for word in words):
                return column
        return None


def _at(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""


@dataclass(slots=True)
class _Reader:
    """The row being read."""

    cells: list[str]
    mapping: Mapping
    context: Context
    draft: Draft

    def text(self, name: str) -> str:
        """The texts of a field's columns, empty ones left out."""
        texts = [_at(self.cells, column).strip() for column in self.mapping.columns.get(name, [])]
        return "\n".join(text for text in texts if text)

    def options(self, stem: Stem) -> None:
        """Options from their columns, from one cell, or from the lines below the stem."""
        draft = self.draft
        columns = self.mapping.options
        texts = {place: _at(self.cells, columns[place]).strip() for place in sorted(columns)}
        last = max((place for place, text in texts.items() if text), default=-1)
        draft.options = [(LETTERS[place], texts.get(place, "")) for place in range(last + 1)]
        if self.mapping.verbatim:
            return
        draft.options = optionlists.without_own_letters(draft.options)
        cell = self.text("options")
        if cell and draft.options:
            draft.doubt("options-twice")
        elif cell:
            draft.options, reason = optionlists.in_one_cell(cell)
            if reason:
                draft.doubt(reason, cell)
        if not draft.options:
            stem.text, draft.options = optionlists.from_stem(stem.text)
        elif optionlists.from_stem(stem.text)[1]:
            draft.doubt("options-twice")

    def key(self) -> str:
        """The key cell. Two key columns must agree."""
        texts = [_at(self.cells, column).strip() for column in self.mapping.columns.get("answer", [])]
        filled = list(dict.fromkeys(text for text in texts if text))
        if len({fold(text) for text in filled}) > 1:
            self.draft.doubt("keys-differ", " / ".join(filled))
        return filled[0] if filled else self._flagged()

    def _flagged(self) -> str:
        """Letters of the options whose own column says that they are right."""
        found = []
        for place, column in sorted(self.mapping.flags.items()):
            text = _at(self.cells, column)
            truth = judgement(text)
            if truth is None and text.strip():
                self.draft.doubt("key-unclear", text)
            if truth:
                found.append(LETTERS[place])
        return "".join(found)


def read_row(
    number: int, cells: list[str], flaws: dict[int, str], mapping: Mapping, context: Context, end: int = 0
) -> tuple[tuple[str, str], Block]:
    """The case that the row belongs to, as (number, text), both "" if there is none; and the row's question."""
    cells = [unguarded(text) if mapping.verbatim else tidy(unguarded(text)) for text in cells]
    draft = Draft(line=number, line_end=end or number, raw="\t".join(cells).rstrip("\t"))
    reader = _Reader(cells, mapping, context, draft)
    stem = Stem(reader.text("stem")) if mapping.verbatim else clean_stem(reader.text("stem"))
    filled = [column for column, text in enumerate(cells) if text.strip()]
    reader.options(stem)
    key = reader.key()
    if not mapping.verbatim:
        _key_in_stem(reader, stem, key)
    _flaws(draft, flaws, mapping, cells)
    draft.type = _kind(reader, stem, key)
    draft.stem = stem.text
    _answer(draft, key, stem, mapping, context)
    _others(reader, stem)
    if len(filled) == 1 and not key:
        draft.reject("not-a-question")
    return (reader.text("case"), reader.text("material")), settle(draft)


def _key_in_stem(reader: _Reader, stem: Stem, key: str) -> None:
    """Letters in the stem's bracket are taken out where they repeat the key, or are the only key there is."""
    draft, mapping = reader.draft, reader.mapping
    before = stem.text
    take_key(stem, "".join(letter for letter, _ in draft.options))
    if not stem.key:
        return
    letters, _ = choice_key(key, draft.options, mapping.numbered)
    if letters and "".join(sorted(stem.key)) != "".join(letters):
        draft.doubt("keys-differ", f"{''.join(letters)} / {stem.key}")
        stem.text = before
    elif not letters and "answer" in mapping:
        draft.doubt("key-in-stem", stem.key)


def _flaws(draft: Draft, flaws: dict[int, str], mapping: Mapping, cells: Sequence[str]) -> None:
    """A damaged cell matters where the question is made of it."""
    used = {
        column for name in ("stem", "answer", "options", "type", "material") for column in mapping.columns.get(name, [])
    }
    used |= set(mapping.options.values()) | set(mapping.flags.values())
    for column, flaw in sorted(flaws.items()):
        if column in used or flaw == "error-cell":
            draft.doubt(flaw, f"{_letter(column)} {_at(cells, column)}")
    if any(text.strip() for text in cells[mapping.width :]):
        draft.doubt("extra-cells")


def _letter(column: int) -> str:
    """0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = LETTERS[rest] + name
    return name


def _kind(reader: _Reader, stem: Stem, key: str) -> str:
    """The row's type: what its cell says, else its own tag, the section, the sheet; else what its parts prove."""
    draft, context = reader.draft, reader.context
    word = _at(reader.cells, context.type_column).strip()
    said = context.type_codes.get(fold(word)) or kind_of(word)
    if word and not said:
        draft.doubt("type-unknown", word)
    if said and stem.kind and not _agree(said, stem.kind):
        draft.doubt("type-tags-differ", f"{said} {stem.kind}")
    said = said or stem.kind or context.kind
    if said == ANY:
        draft.keyless = True
        return "multiple"
    if said == "multiple" and fold(word).startswith("multi") and not context.says_single:
        said = CHOICE if "choice" in fold(word) else said
    if said == "scenario":
        said = None if key or draft.options else "scenario"
    if said and said != CHOICE:
        return said
    return _inferred(draft, stem, key, reader.mapping.numbered, choice=said == CHOICE)


def _agree(one: str, other: str) -> bool:
    choices = {CHOICE, ANY, "single", "multiple"}
    return (
        one == other or (one in choices and other in choices and CHOICE in (one, other)) or "scenario" in (one, other)
    )


def _inferred(draft: Draft, stem: Stem, key: str, numbered: bool, *, choice: bool) -> str:
    """The type that options and key prove."""
    texts = [text for _, text in draft.options]
    if draft.options and not choice and is_judgement_pair(texts):
        return "true_false"
    if draft.options:
        letters, _ = choice_key(key or stem.key, draft.options, numbered)
        return "multiple" if len(letters) > 1 else "single"
    if choice:
        return "single"
    plain_word = not re.fullmatch("[01A-Za-z]", fold(key))
    if judgement(key) is not None and plain_word and not fills.gaps(_BRACKET_AT_END.sub("", stem.text)):
        return "true_false"
    if key and "_" in stem.text and fills.gaps(stem.text):
        return "blank"
    return "unknown"


def _answer(draft: Draft, key: str, stem: Stem, mapping: Mapping, context: Context) -> None:
    reason = ""
    match draft.type:
        case "single" | "multiple":
            letters, reason = choice_key(key, [] if mapping.verbatim else draft.options, mapping.numbered)
            draft.answer = letters or sorted(stem.key) or None
        case "true_false":
            draft.answer, reason = judgement_key(key or stem.key, draft.options, context.truth_codes)
            if fold(key) in ("1", "2") and context.twos and not draft.options and not context.truth_codes:
                reason = f"judgement-number: {key}"
            if is_judgement_pair([text for _, text in draft.options]):
                draft.options = []
        case "blank":
            draft.answer, reason = fills.blanks(key, stem.text)
        case "matching":
            draft.answer, reason = fills.pairs(key)
        case "ordering":
            draft.answer, reason = fills.order(key, draft.options)
        case "short":
            draft.answer = key or None
        case "survey":
            draft.answer = key or None
        case _:
            draft.answer = key or None
    if reason:
        draft.doubt(*reason.split(": ", 1))


def _others(reader: _Reader, stem: Stem) -> None:
    """What helps but decides nothing."""
    draft, text = reader.draft, reader.text
    draft.explanation = text("explanation") or None
    score = re.match(r"\d+(\.\d+)?", fold(text("score")))
    chapter = [
        _at(reader.cells, c).strip()
        for c in reader.mapping.columns.get("chapter", [])
        if c != reader.context.type_column
    ]
    more: dict[str, Any] = {
        "number": text("number"),
        "score": score[0].removesuffix(".0") if score else stem.score,
        "difficulty": difficulty_of(text("difficulty")) if text("difficulty") else stem.difficulty,
        "points": tuple(dict.fromkeys(listed_of(text("points"), _DIVIDE))),
        "chapter": " / ".join(part for part in chapter if part) or reader.context.chapter,
        "source": text("source"),
        "audience": text("audience"),
        "language": text("language"),
        "keywords": groups_of(text("keywords")),
        "extra": tuple(listed_of(text("extra"), LINES)),
        "any_order": judgement(text("any_order")) is True,
        "pictures": tuple((name, "") for name in listed_of(text("pictures"), _DIVIDE)),
    }
    draft.more = more
    for name, _ in more["pictures"]:
        draft.doubt("picture", name)
