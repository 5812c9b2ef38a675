"""Letters that come ready, as rows of the national field layout. Pure Python."""

from pledges.importers.rows import (
    AUDIENCES,
    CATEGORIES,
    CHOICES,
    KNOWN,
    PUBLICATIONS,
    TEXTS,
    TYPES,
    InvalidRow,
    Row,
    read_row,
    row_from_json,
)
from pledges.importers.tables import HEADERS, Table, TableRow, read_table, template

__all__ = [
    "AUDIENCES",
    "CATEGORIES",
    "CHOICES",
    "HEADERS",
    "KNOWN",
    "PUBLICATIONS",
    "TEXTS",
    "TYPES",
    "InvalidRow",
    "Row",
    "Table",
    "TableRow",
    "read_row",
    "read_table",
    "row_from_json",
    "template",
]
