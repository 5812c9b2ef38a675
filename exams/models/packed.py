"""Fields that keep much in little: what an attempt was asked, and what each answer earned.

Rows of these tables are written once per attempt and number in the millions; as JSON they took most of its room.
"""

import json
import zlib
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.functions import Length, Replace

Drawn = list[list[Any]]  # [[version id, "points"], …] in the order of the questions
BLANK, END = " ", "|"


def packed_drawn(drawn: Sequence[Sequence[Any]]) -> str:
    """Runs of equal points, then the ids, each between blanks so that SQL can look for one.

    >>> packed_drawn([[7, "2"], [12, "2"], [3, "1.5"]])
    '2x2,1.5x1| 7 12 3 '
    """
    runs = [(points, len(list(rows))) for points, rows in groupby(drawn, key=lambda row: row[1])]
    return f"{','.join(f'{points}x{count}' for points, count in runs)}{END} {''.join(f'{pk} ' for pk, _p in drawn)}"


def unpacked_drawn(text: str) -> Drawn:
    """The other way round.

    >>> unpacked_drawn("2x2,1.5x1| 7 12 3 ")
    [[7, '2'], [12, '2'], [3, '1.5']]
    """
    head, _end, ids = text.partition(END)
    points: list[str] = []
    for run in head.split(",") if head else ():
        worth, _x, count = run.rpartition("x")
        points += [worth] * int(count)
    return [[int(pk), worth] for pk, worth in zip(ids.split(), points, strict=True)]


def asks(version_id: int) -> str:
    """What the stored text of a paper contains if it asks this version."""
    return f"{BLANK}{version_id}{BLANK}"


def questions_in(column: str) -> Any:
    """An expression: how many questions the stored text has."""
    return Length(column) - Length(Replace(column, Value(BLANK), Value(""))) - 1


def deflated(data: bytes) -> bytes:
    """As `zlib.compress`, with tables that fit a kilobyte of text: making the usual ones costs ten times as much."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 9, 1)
    return packer.compress(data) + packer.flush()


class DrawnField(models.TextField):
    """`[[version id, "points"], …]` as one short text that SQL can count and search."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Drawn | None:
        return None if value is None else unpacked_drawn(value)

    def to_python(self, value: Any) -> Any:
        return unpacked_drawn(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return packed_drawn(value) if isinstance(value, list) else value

    def value_to_string(self, obj: models.Model) -> str:
        return packed_drawn(self.value_from_object(obj))  # type: ignore[arg-type]


class PackedField(models.BinaryField):
    """A JSON value, deflated: for what is read whole and never searched."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(zlib.decompress(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, bytes):
            value = deflated(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)
