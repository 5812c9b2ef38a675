"""The search backend: modelsearch on this database, taught Chinese.

Stock modelsearch cuts text at spaces and so finds no Chinese word at all. Here every Chinese run is indexed as pairs
of characters and a query becomes a phrase of pairs; page.search(), choosers and the admin search then work unchanged.
On SQLite ranking is asked of the full-text table once: the stock query ranks with a correlated sub-query per row.
"""

from functools import lru_cache
from importlib import import_module
from typing import Any

from django.db import connection
from django.db.models import Case, QuerySet, Value, When
from modelsearch.query import And, Boost, MatchAll, Not, Or, Phrase, PlainText, SearchQuery
from modelsearch.utils import get_descendants_content_types_pks

from foundation.zhtext.bigrams import holds_han, index_text, pairs, query_pieces

# More matches than anybody pages through; beyond it SQLite answers with the best ones only.
MOST_MATCHES = 5000


def chinese_query(text: str, operator: str) -> SearchQuery:
    """What a person typed as a query over pairs; signs alone find nothing (quotes would break the full-text query)."""
    parts = [
        Phrase(" ".join(pairs(piece))) if is_chinese and len(piece) > 2 else PlainText(piece)
        for piece, is_chinese in query_pieces(text)
    ]
    if not parts:
        return Not(MatchAll())
    if len(parts) == 1:
        return parts[0]
    return Or(parts) if operator == "or" else And(parts)


def with_chinese(query: SearchQuery, operator: str) -> SearchQuery:
    """`query` with every plain text or phrase in it that holds Chinese turned into pairs."""
    if isinstance(query, PlainText):
        return chinese_query(query.query_string, (query.operator or operator).lower())
    if isinstance(query, Phrase) and holds_han(query.query_string):
        return chinese_query(query.query_string, "and")
    if isinstance(query, And | Or):
        return type(query)([with_chinese(part, operator) for part in query.subqueries])
    if isinstance(query, Not):
        return Not(with_chinese(query.subquery, operator))
    if isinstance(query, Boost):
        return Boost(with_chinese(query.subquery, operator), query.boost)
    return query


class ChineseQuery:
    """Mix-in of the query compilers."""

    DEFAULT_OPERATOR: str

    def __init__(self, queryset: QuerySet, query: Any, *args: Any, **kwargs: Any) -> None:
        operator = (kwargs.get("operator") or self.DEFAULT_OPERATOR).lower()
        if isinstance(query, str):
            query = PlainText(query, operator=operator)
        super().__init__(queryset, with_chinese(query, operator), *args, **kwargs)  # type: ignore[call-arg]

    def _get_filters_from_queryset(self, check_only: bool = False) -> None:
        """No `index.FilterField` is asked for: both databases keep the filters of the queryset in SQL."""


class ChineseValues:
    """Mix-in of the indexers: text goes into the index as pairs."""

    def prepare_value(self, value: Any) -> str:
        """Return what is indexed for `value`."""
        prepared: str = super().prepare_value(value)  # type: ignore[misc]
        return index_text(prepared) if isinstance(value, str) else prepared


class RankedOnce:
    """Mix-in for SQLite: one full-text query for the ids in order, then the rows. `engine` is modelsearch's module."""

    engine: Any

    def search(self: Any, config: Any, start: Any, stop: Any, score_field: str | None = None) -> Any:
        """Return the matching rows from `start` to `stop`."""
        query = self.engine.normalize(self.query)
        if score_field or isinstance(query, MatchAll | Not):
            return super().search(config, start, stop, score_field)  # type: ignore[misc]
        ids = self.matching_ids(query, config)
        found = self.queryset.filter(pk__in=ids)
        if not self.order_by_relevance:
            return (found if found.query.order_by else found.order_by("-pk"))[start:stop]
        if stop is None:
            return found[start:]
        present = set(found.values_list("pk", flat=True))
        window = [pk for pk in ids if pk in present][start:stop]
        place = Case(*[When(pk=pk, then=Value(n)) for n, pk in enumerate(window)], default=Value(len(window)))
        return found.filter(pk__in=window).order_by(place)

    def matching_ids(self: Any, query: SearchQuery, config: Any) -> list[Any]:
        """Keys of all matches, best first."""
        match = self.engine.MatchExpression(
            self.fields or self.FTS_TABLE_FIELDS, self.build_search_query(query, config=config)
        )
        models = get_descendants_content_types_pks(self.queryset.model)
        entries = (
            self.engine.SQLiteFTSIndexEntry.objects.filter(match, index_entry__content_type__in=models)
            .annotate(score=self.engine.BM25())
            .order_by("score")
        )
        to_python = self.queryset.model._meta.pk.to_python
        return [to_python(pk) for pk in entries.values_list("index_entry__object_id", flat=True)[:MOST_MATCHES]]


def _taught(module: Any, *mixins: type) -> type:
    """`module`'s backend with Chinese in its indexer and its compilers."""
    # add_items() looks the indexer up by name in its own module, so that is where the taught one must stand.
    module.ObjectIndexer = type("ChineseObjectIndexer", (ChineseValues, module.ObjectIndexer), {})
    base = module.SearchBackend
    compilers = {
        name: type(f"Chinese{getattr(base, name).__name__}", (*mixins, getattr(base, name)), {"engine": module})
        for name in ("query_compiler_class", "autocomplete_query_compiler_class")
    }
    return type("ChineseSearchBackend", (base,), compilers)


@lru_cache(maxsize=2)
def _backend(vendor: str) -> type:
    """The taught backend for one database. By name: the index table of the other database does not exist here, and
    without it modelsearch's module cannot even be imported."""
    if vendor == "postgresql":
        return _taught(import_module("modelsearch.backends.database.postgres.postgres"), ChineseQuery)
    return _taught(import_module("modelsearch.backends.database.sqlite.sqlite"), ChineseQuery, RankedOnce)


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  # the name that modelsearch looks up
    """Return the backend that fits the database in use."""
    return _backend(connection.vendor)(params)
