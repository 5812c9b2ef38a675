"""Small counts are hidden, and so is whatever would give them away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.smallcells import suppressed, told

counts = st.lists(st.integers(0, 12), max_size=6)


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (1, "不足5"), (4, "不足5"), (5, "5"), (1206, "1,206")])
def test_one_figure(count, text):
    assert told(count) == text


def test_the_threshold_is_a_setting(settings):
    settings.SMALL_CELL = 10
    assert (told(9), told(10)) == ("不足10", "10")


@pytest.mark.parametrize(
    ("cells", "shown", "total"),
    [
        ([20, 30], (20, 30), 50),
        ([0, 30], (0, 30), 30),
        ([3, 30, 20], (None, 30, None), 53),  # one hidden cell would be the sum minus the others
        ([2, 1, 30, 9], (None, None, 30, None), 42),  # two that are three together are still too few
        ([3, 4, 30], (None, None, 30), 37),
        ([3, 0, 0], (None, 0, 0), None),
        ([2, 2], (None, None), None),
        ([], (), 0),
    ],
)
def test_a_row_with_its_sum(cells, shown, total):
    table = suppressed(cells)
    assert (table.cells, table.total) == (shown, total)


def test_a_rate_is_hidden_by_the_people_whom_it_is_about():
    assert suppressed([0, 8, 7], bases=[3, 9, 20]).cells == (None, None, 7)


@given(counts)
def test_nobody_can_work_a_small_cell_out(cells):
    table = suppressed(cells)
    hidden = [count for count, shown in zip(cells, table.cells, strict=True) if shown is None]
    assert all(not 0 < shown < 5 for shown in table.cells if shown is not None)
    if hidden and table.total is not None:
        assert (len(hidden) >= 2, sum(hidden) >= 5) == (True, True)
    assert table.total in (None, sum(cells))


@given(counts)
def test_nothing_is_hidden_without_a_reason(cells):
    if not any(0 < count < 5 for count in cells):
        assert suppressed(cells).cells == tuple(cells)
