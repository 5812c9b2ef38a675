"""What can be drawn now: room per cell, and a few rows of each cell, least seen first."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from django.db import connection
from django.db.models import Count

from exams.models import PoolEntry
from exams.sampling import Cell, Recipe, Row

ROWS_A_STATEMENT = 400
LOTS = 2**31 - 1


def rooms(bank_ids: Iterable[int]) -> dict[Cell, int]:
    """How many items stand in each cell of these banks. One statement, from an index alone."""
    rows = PoolEntry.objects.filter(bank_id__in=set(bank_ids)).values_list("bank_id", "cell").annotate(n=Count("pk"))
    return {Cell.read(bank_id, text): n for bank_id, text, n in rows.order_by()}


def ready_of(item_ids: Iterable[int]) -> dict[int, tuple[int, Cell]]:
    """{item id: (ready version, cell)} for those of `item_ids` that can be drawn. One statement."""
    rows = PoolEntry.objects.filter(item_id__in=list(item_ids)).values_list("item_id", "version_id", "bank_id", "cell")
    return {item: (version, Cell.read(bank, text)) for item, version, bank, text in rows}


def versions_in(cells: Sequence[Cell]) -> list[tuple[int, int]]:
    """`(version, item)` of everything in these cells. One statement for each bank."""
    found: list[tuple[int, int]] = []
    for bank_id in sorted({cell.bank_id for cell in cells}):
        texts = [cell.text for cell in cells if cell.bank_id == bank_id]
        rows = PoolEntry.objects.filter(bank_id=bank_id, cell__in=texts).order_by("pk")
        found += rows.values_list("version_id", "item_id")
    return found


def least_seen(recipe: Recipe, wanted: Mapping[Cell, int], chance: Random) -> dict[Cell, list[Row]]:
    """For each cell the `wanted` rows that were asked least; ties begin at a random lot and go round.

    Reads only about as many rows as it returns, whatever the size of the bank. One statement for 400 cells.
    """
    asked = [(cell, count + recipe.barred_in.get(cell, 0), chance.randrange(LOTS)) for cell, count in wanted.items()]
    found: dict[Cell, list[Row]] = {}
    for start in range(0, len(asked), ROWS_A_STATEMENT):
        part = asked[start : start + ROWS_A_STATEMENT]
        rows: list[list[tuple[int, ...]]] = [[] for _ in part]
        for place, *row in _rows(part):
            rows[place].append(tuple(row))
        for (cell, count, _lot), own in zip(part, rows, strict=True):
            own.sort()
            free = [(version, item) for *_order, version, item in own[:count] if item not in recipe.barred]
            found[cell] = free[: wanted[cell]]
    return found


Asked = tuple[Cell, int, int]


def _rows(asked: Sequence[Asked]) -> Sequence[tuple[int, ...]]:
    """`(place in asked, part, exposure, lot, version, item)`: from the lot on, then from the beginning, then what
    was seen more often. Up to twice as many as asked for."""
    counts = [count if count < 5 else 1 << (count - 1).bit_length() for _cell, count, _lot in asked]
    is_postgresql = connection.vendor == "postgresql"
    sql = _postgresql(len(asked)) if is_postgresql else _sqlite(len(asked), sorted(set(counts)))
    rows = zip(range(len(asked)), asked, counts, strict=True)
    values = [value for n, (cell, _, lot), count in rows for value in (n, cell.bank_id, cell.text, count, lot)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[int, ...]] = cursor.fetchall()
        return found


_OWN = "q.bank_id = w.bank AND q.cell = w.cell"
_LEAST = "(SELECT MIN(m.exposure) FROM exams_poolentry m WHERE m.bank_id = w.bank AND m.cell = w.cell)"
# (part, which rows of the cell, their order)
_PARTS = (
    (0, f"q.exposure = {_LEAST} AND q.lot >= w.lot", "q.lot"),
    (1, f"q.exposure = {_LEAST} AND q.lot < w.lot", "q.lot"),
    (2, f"q.exposure > {_LEAST}", "q.exposure, q.lot"),
)


def _postgresql(number: int) -> str:
    """One index probe for each cell and part; the later parts only where the parts before are too few."""
    values = ", ".join(["(%s::int, %s::bigint, %s::text, %s::int, %s::int)"] * number)
    parts = " UNION ALL ".join(
        f"(SELECT {part} AS part, q.exposure, q.lot, q.version_id, q.item_id FROM exams_poolentry q"  # noqa: S608
        f" WHERE {enough}{_OWN} AND {which} ORDER BY {order} LIMIT w.n)"
        for (part, which, order), enough in zip(_PARTS, _wanting("w.n"), strict=True)
    )
    return (
        "SELECT w.k, e.part, e.exposure, e.lot, e.version_id, e.item_id"  # noqa: S608
        f" FROM (VALUES {values}) w (k, bank, cell, n, lot) CROSS JOIN LATERAL ({parts}) e"
    )


def _sqlite(number: int, counts: Sequence[int]) -> str:
    """The same without LATERAL; a LIMIT cannot name a column there, so each of the few `counts` has parts of its own.

    A row costs a step from the index to the table, and in a large bank to a page that nobody else needs: so the later
    parts are read only where the parts before, counted in the index alone, are too few.
    """
    values = ", ".join(["(%s, %s, %s, %s, %s)"] * number)
    parts = " UNION ALL ".join(
        f"SELECT w.k, {part}, e.exposure, e.lot, e.version_id, e.item_id FROM w CROSS JOIN exams_poolentry e"  # noqa: S608
        f" ON w.n = {count} AND {enough}e.rowid IN (SELECT q.rowid FROM exams_poolentry q WHERE {_OWN} AND {which}"
        f" ORDER BY {order} LIMIT {count})"
        for count in counts
        for (part, which, order), enough in zip(_PARTS, _wanting(str(count)), strict=True)
    )
    return f"WITH w (k, bank, cell, n, lot) AS (VALUES {values}) {parts}"


def _wanting(count: str) -> list[str]:
    """For each part, SQL that is true where the rows of the parts before are fewer than `count`."""
    rows = f"SELECT 1 FROM exams_poolentry q WHERE {_OWN} AND {{}} LIMIT {count}"  # noqa: S608
    too_few = f"{count} > (SELECT COUNT(*) FROM ({rows}) few) AND "  # noqa: S608
    return ["", too_few.format(_PARTS[0][1]), too_few.format(f"q.exposure = {_LEAST}")]


def stale_sql(alias: str) -> str:
    """SQL that is true for a prepared paper that asks something that is not ready any more."""
    if connection.vendor == "postgresql":
        asked = f"SELECT 1 FROM jsonb_array_elements({alias}.drawn) a"  # noqa: S608
        version = "(a.value ->> 0)::bigint"
    else:
        asked = f"SELECT 1 FROM json_each({alias}.drawn) a"  # noqa: S608
        version = "json_extract(a.value, '$[0]')"
    missing = f"NOT EXISTS (SELECT 1 FROM exams_poolentry e WHERE e.version_id = {version})"  # noqa: S608
    return f"EXISTS ({asked} WHERE {missing})"
