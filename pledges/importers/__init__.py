"""Letters that come ready, as rows of the national field layout. Pure Python."""

from pledges.importers.rows import (
    AUDIENCES,
    CATEGORIES,
    CHOICES,
    DAYS,
    KEPT,
    KNOWN,
    LATER,
    PUBLICATIONS,
    STATUSES,
    TEXTS,
    TYPES,
    InvalidRow,
    Row,
    read_row,
    row_from_json,
)
from pledges.importers.tables import HEADERS, WORDS_OF, Table, TableRow, read_table, template

__all__ = [
    "AUDIENCES",
    "CATEGORIES",
    "CHOICES",
    "DAYS",
    "HEADERS",
    "KEPT",
    "KNOWN",
    "LATER",
    "PUBLICATIONS",
    "STATUSES",
    "TEXTS",
    "TYPES",
    "WORDS_OF",
    "InvalidRow",
    "Row",
    "Table",
    "TableRow",
    "read_row",
    "read_table",
    "row_from_json",
    "template",
]
