"""The words that the registry is searched by: what is stored of a row, and how the database is asked for it.

The table `pledges_registrywords` is FTS5 on SQLite and a tsvector under a GIN index on PostgreSQL. Both hold the same
words: each Chinese run as its pairs (`foundation.zhtext.bigrams`), the initials of names and units, and what the list
is filtered by, so that any mix of words and filters is one question to one index.
"""

import unicodedata
from typing import Any

from django.db import connection

from foundation.zhtext import bigrams
from foundation.zhtext.initials import beginnings
from pledges.models import RegistryRow

TABLE = "pledges_registrywords"
SHORTEST, MOST_PIECES, MOST_LETTERS = 2, 6, 40
# PostgreSQL cannot read the matches of a frequent word from the newest on: rows are asked for by lots of so many.
LOT_BITS = 14


def is_lite() -> bool:
    """SQLite or PostgreSQL."""
    return connection.vendor != "postgresql"


def lot(key: int) -> str:
    """The word of the lot that a row belongs to."""
    return f"0b{key >> LOT_BITS}"


def _plain(text: str) -> str:
    """Letters and digits only, in small letters: what is left needs no quoting in either database."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c if c.isalnum() else " " for c in folded)


def _words(text: str) -> list[str]:
    found: list[str] = []
    for piece, is_chinese in bigrams.query_pieces(_plain(text)):
        found += bigrams.pairs(piece) if is_chinese else [piece]
    return found


def filter_words(**chosen: Any) -> list[str]:
    """One word per filter that is set: audience, subject, pledge_type, year, state, office_uscc, unit_kind."""
    return [f"0{name[0:2]}{_bare(value)}" for name, value in chosen.items() if value not in ("", None)]


def _bare(value: Any) -> str:
    return str(value).replace("_", "").casefold()


def words_of(row: RegistryRow) -> list[str]:
    """All words of a row, in order."""
    sounds = {f"0p{word}" for text in {row.name, row.unit} for word in beginnings(text)}
    filters = filter_words(
        audience=row.audience, subject=row.subject, pledge_type=row.pledge_type, year=row.year, state=row.state,
        office_uscc=row.office_uscc, unit_kind=row.unit_kind,
    )  # fmt: skip
    texts = [word for text in dict.fromkeys((row.name, row.unit, row.title, row.title_en)) for word in _words(text)]
    return [*texts, *sorted(sounds), *filters, lot(row.publication_id)]


def pieces(text: str) -> list[tuple[str, bool]]:
    """What somebody typed as (piece, is Chinese), in small letters; pieces of one character are left out."""
    found = bigrams.query_pieces(_plain(text[:MOST_LETTERS]))
    return [(piece, is_chinese) for piece, is_chinese in found if len(piece) >= SHORTEST][:MOST_PIECES]


def asked(text: str, filters: list[str]) -> list[str]:
    """The parts of a question, all of which must hold, as the database at hand writes them."""
    return [_piece(*piece) for piece in pieces(text)] + [_word(word) for word in filters]


def _word(word: str) -> str:
    return f'"{word}"' if is_lite() else f"'{word}'"


def _piece(piece: str, is_chinese: bool) -> str:
    """Pairs in a row; or a word, or the beginning of initials."""
    if not is_chinese:
        either = [_word(piece), _word(f"0p{piece}")]
        return f"({' OR '.join(either)})" if is_lite() else f"({' | '.join(either)})"
    pairs = bigrams.pairs(piece)
    return f'"{" ".join(pairs)}"' if is_lite() else "(" + " <-> ".join(map(_word, pairs)) + ")"


def newest(parts: list[str], *, before: int | None, limit: int) -> list[int]:
    """The keys of the newest rows for which all `parts` hold, below `before`. SQLite, one statement."""
    below, values = ("", []) if before is None else (" AND rowid < %s", [before])
    sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s{below} ORDER BY rowid DESC LIMIT {limit}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [" AND ".join(parts), *values])
        return [row[0] for row in cursor.fetchall()]


def newest_by_lots(
    parts: list[str], *, before: int | None, limit: int, lots: list[str], enough: int
) -> tuple[list[int], bool]:
    """The same on PostgreSQL, and whether everything was asked: only if `lots` have no more than `enough`.

    One statement; the sub-queries keep the planner from reading the table from its end.
    """
    below, values = ("", []) if before is None else (" AND row_id < %s", [before])
    inner = f"SELECT row_id FROM {TABLE} WHERE words @@ %s::tsquery{below} OFFSET 0"  # noqa: S608
    newest = f"SELECT row_id FROM ({inner}) found ORDER BY row_id DESC LIMIT {limit}"  # noqa: S608
    sql = (
        f"WITH recent AS MATERIALIZED ({newest}) SELECT row_id, false FROM recent UNION ALL "  # noqa: S608
        f"SELECT row_id, true FROM ({newest}) whole WHERE (SELECT count(*) FROM recent) <= {enough}"
    )
    within = " | ".join(map(_word, lots))
    with connection.cursor() as cursor:
        cursor.execute(sql, [" & ".join([f"({within})", *parts]), *values, " & ".join(parts), *values])
        rows = cursor.fetchall()
    whole = [key for key, is_whole in rows if is_whole]
    return (whole, True) if whole or not rows else ([key for key, _is_whole in rows], False)


def stored_words(keys: list[int]) -> set[int]:
    """Which of these rows have words. One statement."""
    if not keys:
        return set()
    name, marks = ("rowid" if is_lite() else "row_id"), ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {TABLE} WHERE {name} IN ({marks})", keys)  # noqa: S608
        return {row[0] for row in cursor.fetchall()}
