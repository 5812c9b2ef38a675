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
    return similar_to_each([stem], bank, exclude, limit, least)[stem]


def similar_to_each(
    stems: Sequence[str], bank: Bank | None = None, exclude: int | None = None, limit: int = 5, least: float = LIKE
) -> dict[str, list[Similar]]:
    """For each of `stems`, some tens at most, what `similar_items` finds. Two statements for all of them."""
    marks = [found for found in map(likeness.marks, dict.fromkeys(stems)) if found]
    if not marks:
        return {stem: [] for stem in stems}
    most = MOST_CANDIDATES * len(marks)
    rows = _candidates([words[0] for words in marks], most, bank, exclude)
    rows += _candidates([word for words in marks for word in words[1:]], most, bank, exclude)
    read = {other: likeness.letters(other) for _pk, _bank, _number, other, _state in rows}
    pieces = {whole: likeness.shingles(whole) for whole in read.values()}
    found: dict[str, list[Similar]] = {}
    for stem in stems:
        whole, shingles = likeness.letters(stem), likeness.shingles(stem)
        shares = {
            other: 1.0 if other == whole else min(likeness.likeness(shingles, theirs), 0.99)
            for other, theirs in pieces.items()
            if min(len(shingles), len(theirs)) >= least * max(len(shingles), len(theirs))  # else it cannot reach it
        }
        like = {
            pk: Similar(pk, bank_name, number, other, state, int(shares[read[other]] * 100))
            for pk, bank_name, number, other, state in rows
            if shares.get(read[other], 0.0) >= least
        }
        found[stem] = sorted(like.values(), key=lambda s: (-s.percent, s.item_id))[:limit]
    return found


def _candidates(marks: Sequence[str], most: int, bank: Bank | None, exclude: int | None) -> list[Any]:
    """Rows that share one of `marks`, so many at most. One statement."""
    joint = " OR ".join(f'"{m}"' for m in marks) if _lite() else " | ".join(f"'{m}'" for m in marks)
    rows = ItemIndex.objects.filter(item_id__in=_ids(joint, most))
    if bank is not None:
        rows = rows.filter(item__bank=bank)
    if exclude is not None:
        rows = rows.exclude(item_id=exclude)
    return list(rows.values_list("item_id", "item__bank__name", "item__number", "newest__stem", "state"))
