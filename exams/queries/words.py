"""The full-text side of the bank: what is indexed of an item, how it is asked, and what is like it.

The table `exams_itemwords` is FTS5 on SQLite and a tsvector under a GIN index on PostgreSQL; both hold the same words:
every Chinese run as its pairs (`foundation.zhtext.bigrams`), and the marks by which near duplicates are found.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from exams.importers.marks import MARK, texts
from exams.models import Bank, Item, ItemIndex, ItemVersion
from foundation.zhtext import bigrams, likeness

TABLE = "exams_itemwords"
MOST_CANDIDATES = 600
LIKE = 0.6


def words_of(version: ItemVersion) -> list[str]:
    """The words of a version and its item, in order: number and source, stem, options and questions, marks.

    Texts are kept apart by a word that nobody asks for, so that no match runs from one into the next.
    """
    item = version.item
    found: list[str] = []
    for text in [item.number, item.source, *texts(version.stem, version.content)]:
        found += [*bigrams.index_text(_plain(text)).split(), "endoftext"]
    return found + likeness.marks(version.stem)


def _plain(text: str) -> str:
    """Letters and digits only, in small letters: what is left needs no quoting in either database."""
    folded = unicodedata.normalize("NFKC", MARK.sub(" ", text)).casefold()
    return "".join(c if c.isalnum() else " " for c in folded)


def matching(text: str) -> QuerySet[Item]:
    """Items that contain each piece of `text` in stem, options, number or source; none if it holds no letter."""
    pieces = [piece for piece, _is_chinese in bigrams.query_pieces(_plain(text))]
    if not pieces:
        return Item.objects.none()
    return Item.objects.filter(pk__in=_ids((" AND " if _lite() else " & ").join(map(_asked, pieces))))


def _lite() -> bool:
    return connection.vendor != "postgresql"


def _asked(piece: str) -> str:
    """One piece as the database asks for it: pairs in a row, or the beginning of a word."""
    pairs = bigrams.pairs(piece) if bigrams.holds_han(piece) else [piece]
    if _lite():
        return f'"{" ".join(pairs)}"' + ("*" if len(piece) == 1 or not bigrams.holds_han(piece) else "")
    if len(piece) == 1 or not bigrams.holds_han(piece):
        return f"'{piece}':*"
    return "(" + " <-> ".join(f"'{pair}'" for pair in pairs) + ")"


def _ids(expression: str, limit: int = 0) -> RawSQL:
    """The item ids of a full-text expression."""
    most = f" LIMIT {limit}" if limit else ""
    if _lite():
        return RawSQL(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s{most}", [expression])  # noqa: S608, S611
    return RawSQL(f"SELECT item_id FROM {TABLE} WHERE words @@ %s::tsquery{most}", [expression])  # noqa: S608, S611


@dataclass(frozen=True, slots=True)
class Similar:
    """An item whose newest wording is like another: 100 per cent means that only signs and spaces differ."""

    item_id: int
    bank: str
    number: str
    stem: str
    state: str
    percent: int


def similar_items(
    stem: str, bank: Bank | None = None, exclude: int | None = None, limit: int = 5, least: float = LIKE
) -> list[Similar]:
    """Items like `stem`, the likest first. Two statements.

    `bank` looks in one bank only, `exclude` is the id of the item that is being written.
    """
    marks, shingles = likeness.marks(stem), likeness.shingles(stem)
    if not marks:
        return []
    rows = _candidates(marks[:1], bank, exclude) + _candidates(marks[1:], bank, exclude)
    whole = likeness.letters(stem)
    found: dict[int, Similar] = {}
    for pk, bank_name, number, other, state in rows:
        same = whole == likeness.letters(other)
        share = 1.0 if same else min(likeness.likeness(shingles, likeness.shingles(other)), 0.99)
        if share >= least:
            found[pk] = Similar(pk, bank_name, number, other, state, int(share * 100))
    return sorted(found.values(), key=lambda s: (-s.percent, s.item_id))[:limit]


def _candidates(marks: Sequence[str], bank: Bank | None, exclude: int | None) -> list[Any]:
    """Rows that share one of `marks`. One statement."""
    joint = " OR ".join(f'"{m}"' for m in marks) if _lite() else " | ".join(f"'{m}'" for m in marks)
    rows = ItemIndex.objects.filter(item_id__in=_ids(joint, MOST_CANDIDATES))
    if bank is not None:
        rows = rows.filter(item__bank=bank)
    if exclude is not None:
        rows = rows.exclude(item_id=exclude)
    return list(rows.values_list("item_id", "item__bank__name", "item__number", "newest__stem", "state"))
