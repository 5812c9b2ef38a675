"""A large file is read and compared in little memory: a portion at a time, and next to nothing kept of each row."""

import tracemalloc

import pytest

from organisations.actions.roster_reading import read_rows
from organisations.queries.rosters import reader
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db

MIB = 1 << 20
FEW, MANY = 1_000, 5_000
MOST = 32 * MIB
# What remains of a row: its line of text and the marks by which a second one like it is found. A row that is kept
# whole, with its person and what it would do, takes some thousand bytes.
KEPT_OF_A_ROW = 900


def roster(count):
    """A CSV file, written line by line."""
    lines = ["姓名,工号,手机,邮箱,职务"]
    for n in range(count):
        name = f"{'赵钱孙李周吴郑王'[n % 8]}{chr(0x4E00 + n % 9000)}{chr(0x4E00 + n // 9000)}"
        lines.append(f"{name},N{n:07},139{n:08},n{n:07}@example.org,科员")
    return "\n".join(lines).encode()


def read_and_compare(office, data):
    """(rows by what they would do, the most memory that was held at once)."""
    tracemalloc.start()
    try:
        counts = {}
        for rows in read_rows(office, reader(office, data), makes_units=False):
            for row in rows:
                counts[row.status] = counts.get(row.status, 0) + 1
        return counts, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_five_times_the_rows_take_hardly_more_memory():
    office = OrganisationFactory()
    read_and_compare(office, roster(500))  # what is loaded once belongs to no file
    few_counts, few = read_and_compare(office, roster(FEW))
    many_counts, many = read_and_compare(office, roster(MANY))
    assert (few_counts, many_counts) == ({"new": FEW}, {"new": MANY})
    assert many < MOST
    assert (many - few) / (MANY - FEW) < KEPT_OF_A_ROW
