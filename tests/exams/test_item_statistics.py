"""Item analysis: against figures worked out by hand, and against what must hold for any marks."""

from math import isclose, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exams.statistics import distractors, flags, item_analysis

INDICES = ("discrimination_index", "discriminative_efficiency", "point_biserial")


def near(a, b):
    return (a is None and b is None) or (a is not None and b is not None and isclose(a, b, rel_tol=1e-9, abs_tol=1e-7))


def test_a_small_paper_worked_out_by_hand():
    """Three learners, items of 1, 1 and 4 points.

    Sums 6, 3, 0: mean 3, variance 9. First item 1, 1, 0: mean 2/3, variance 1/3; the rest 5, 2, 0 has mean 7/3 and
    variance 19/3; covariance (1/3·8/3 + 1/3·(−1/3) + (−2/3)·(−7/3)) / 2 = 7/6, which is also the largest possible.
    """
    found = item_analysis([[1, 1, 4], [1, 0, 2], [0, 0, 0]], [1, 1, 4])
    first = found["items"][0]
    assert first["n"] == 3
    assert near(first["facility"], 200 / 3)
    assert near(first["sd"], 100 * sqrt(1 / 3))
    assert near(first["discrimination_index"], 100 * (7 / 6) / sqrt(1 / 3 * 19 / 3))
    assert near(first["discriminative_efficiency"], 100)
    assert near(first["point_biserial"], 100 * 1.5 / sqrt(1 / 3 * 9))  # covariance with the sum: (1 + 0 + 2) / 2
    third = found["items"][2]
    assert (third["facility"], near(third["sd"], 50)) == (50, True)
    paper = found["paper"]
    assert (paper["n"], paper["mean"], paper["sd"]) == (3, 50, 50)
    alpha = 100 * 3 / 2 * (1 - (1 / 3 + 1 / 3 + 4) / 9)
    assert near(paper["alpha"], alpha)
    assert near(paper["standard_error"], 50 * sqrt(1 - alpha / 100))


def test_an_item_that_only_the_weak_get_right():
    """Marks 0, 0, 1 against a rest of 2, 1, 0: covariance −0.5, at best 0.5, standard deviations √(1/3) and 1."""
    item = item_analysis([[0, 2], [0, 1], [1, 0]], [1, 2])["items"][0]
    assert near(item["discrimination_index"], -100 * 0.5 / sqrt(1 / 3))
    assert near(item["discriminative_efficiency"], -100)


def test_what_was_not_given_is_left_out_of_the_item_and_of_the_percentage():
    found = item_analysis([[1, 1, None], [0, 1, 2], [None, 0, 0], [1, None, 2]], [1, 1, 2])
    assert [item["n"] for item in found["items"]] == [3, 3, 3]
    assert near(found["items"][0]["facility"], 200 / 3)
    assert near(found["paper"]["mean"], (100 + 75 + 0 + 100) / 4)
    assert found["items"][0] == item_analysis([[1, 1], [0, 3], [1, 2]], [1, 3])["items"][0]


def test_alpha_of_items_that_never_met_is_not_defined():
    paper = item_analysis([[1, None, None], [None, 0, None], [None, None, 1]], [1, 1, 1])["paper"]
    assert (paper["alpha"], paper["standard_error"]) == (None, None)
    assert near(paper["mean"], 200 / 3)


@pytest.mark.parametrize("marks", [[], [[1, 0]]])
def test_nobody_or_one_learner_gives_no_index(marks):
    found = item_analysis(marks, [1, 1])
    for item in found["items"]:
        assert [item[name] for name in ("sd", *INDICES)] == [None] * 4
    assert [found["paper"][name] for name in ("sd", "alpha", "standard_error")] == [None] * 3


def test_where_nothing_varies_there_is_no_index_but_a_facility():
    found = item_analysis([[0.1, 0.2, 0.3]] * 7, [1, 1, 1])
    assert [item["sd"] for item in found["items"]] == [0, 0, 0]
    assert [item[name] for item in found["items"] for name in INDICES] == [None] * 9
    assert (found["paper"]["sd"], found["paper"]["alpha"]) == (0, None)


def test_an_item_worth_nothing_has_no_facility():
    assert item_analysis([[0, 1], [0, 0]], [0, 1])["items"][0]["facility"] is None


@pytest.mark.parametrize(
    ("marks", "max_marks"), [([[1, 2, 3]], [1, 1]), ([[float("nan")]], [1]), ([[1]], [float("inf")])]
)
def test_nonsense_is_refused(marks, max_marks):
    with pytest.raises(ValueError, match=r"marks, 2 items|not a finite number"):
        item_analysis(marks, max_marks)


def test_figures_can_be_read_as_attributes():
    found = item_analysis([[1, 0], [0, 0], [1, 1]], [1, 1])
    assert found.paper.mean == found["paper"]["mean"]


mark = st.integers(0, 8).map(lambda n: n / 4)
papers = st.integers(2, 6).flatmap(
    lambda width: st.lists(st.lists(mark, min_size=width, max_size=width), min_size=2, max_size=12)
)


@given(papers, st.integers(1, 9), st.integers(0, 5))
def test_shifting_and_stretching_the_marks_changes_no_index(marks, factor, shift):
    width = len(marks[0])
    before = item_analysis(marks, [2] * width)
    after = item_analysis([[m * factor + shift for m in row] for row in marks], [2 * factor] * width)
    for one, other in zip(before["items"], after["items"], strict=True):
        assert all(near(one[name], other[name]) for name in (*INDICES, "sd"))
    assert near(before["paper"]["alpha"], after["paper"]["alpha"])


@given(papers, st.randoms())
def test_the_order_of_learners_and_items_makes_no_difference(marks, random):
    width = len(marks[0])
    order = random.sample(range(width), width)
    shuffled = [[row[n] for n in order] for row in random.sample(marks, len(marks))]
    before, after = item_analysis(marks, [2] * width), item_analysis(shuffled, [2] * width)
    for place, n in enumerate(order):
        assert all(near(before["items"][n][name], after["items"][place][name]) for name in before["items"][n])
    assert all(near(before["paper"][name], after["paper"][name]) for name in before["paper"])


@given(papers)
def test_every_index_stays_within_its_bounds(marks):
    found = item_analysis(marks, [2] * len(marks[0]))
    for item in found["items"]:
        assert 0 <= item["facility"] <= 100
        assert item["sd"] >= 0
        for name in ("discrimination_index", "point_biserial"):
            assert item[name] is None or -100 <= item[name] <= 100
        assert item["discriminative_efficiency"] is None or item["discriminative_efficiency"] <= 100
    alpha = found["paper"]["alpha"]
    assert alpha is None or alpha <= 100 + 1e-9


@given(papers)
def test_two_equal_items_that_vary_agree_perfectly(marks):
    column = [row[0] for row in marks]
    assume(max(column) > min(column))
    found = item_analysis([[m, m] for m in column], [2, 2])
    assert all(near(item[name], 100) for item in found["items"] for name in INDICES)
    assert len(marks) < 3 or near(found["paper"]["alpha"], 100)


def test_the_distractor_table_says_who_chose_what():
    chosen = [["b"]] * 5 + [["a"]] * 4 + [[]]
    rows = distractors(chosen, list(range(10, 0, -1)), {"a": True, "b": False, "c": False})
    assert [(r.option, r.is_key, r.count, r.share) for r in rows] == [
        ("a", True, 4, 40.0),
        ("b", False, 5, 50.0),
        ("c", False, 0, 0.0),
    ]
    assert [(r.upper, r.lower) for r in rows] == [(0.0, 200 / 3), (100.0, 0.0), (0.0, 0.0)]
    assert rows[1].correlation > 80 > 0 > rows[0].correlation
    assert rows[2].correlation is None


def test_below_ten_learners_there_is_no_upper_and_lower_group():
    rows = distractors([["a"], ["b"]], [2, 1], {"a": True, "b": False})
    assert [(r.upper, r.lower) for r in rows] == [(None, None), (None, None)]


def test_a_wrong_key_is_flagged_before_anything_else():
    """The strong choose b, and more people choose b than the keyed a."""
    strong, weak = [["b"]] * 12, [["a"]] * 5 + [["c"]] * 3
    table = distractors(strong + weak, [10] * 12 + [3] * 8, {"a": True, "b": False, "c": False})
    item = item_analysis([[0, 10]] * 12 + [[1, 3]] * 5 + [[0, 3]] * 3, [1, 10])["items"][0]
    assert flags(item, table) == ["key_suspicious", "distractor_for_the_strong", "negative_discrimination"]


def test_an_item_that_all_get_right_is_too_easy_and_few_answers_raise_no_flag():
    many = item_analysis([[1, n % 3] for n in range(20)], [1, 2])["items"][0]
    few = item_analysis([[1, n % 3] for n in range(9)], [1, 2])["items"][0]
    assert (flags(many), flags(few)) == (["too_easy"], [])


def test_an_item_that_hardly_anybody_gets_right_is_too_hard():
    item = item_analysis([[n == 0, 2 if n == 0 else n % 2] for n in range(20)], [1, 2])["items"][0]
    assert flags(item) == ["too_hard"]
