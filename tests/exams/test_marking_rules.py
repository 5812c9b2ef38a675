"""What an answer earns, and which attempt counts."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.grading import Outcome, Question, mark, standing, verdict

MULTIPLE = {"right": ["a", "c", "d"]}


@pytest.mark.parametrize(
    ("value", "all_or_nothing", "half", "share"),
    [
        (["d", "a", "c"], 1, 1, 1),
        (["a", "c"], 0, Decimal("0.5"), Decimal(2) / 3),
        (["a"], 0, Decimal("0.5"), Decimal(1) / 3),
        (["a", "b"], 0, 0, 0),
        (["a", "b", "c", "d"], 0, 0, 0),
        ([], 0, 0, 0),
        ("a", 0, 0, 0),
        ([1], 0, 0, 0),
    ],
)
def test_several_choices_by_each_rule(value, all_or_nothing, half, share):
    earned = [mark("multiple", MULTIPLE, value, partial=rule) for rule in ("", "half", "share")]
    assert earned == [all_or_nothing, half, share]


@pytest.mark.parametrize(
    ("any_order", "value", "strict", "part"),
    [
        (False, ["诚信", "失信"], 1, 1),
        (False, ["失信", "守信"], 0, 0),
        (True, ["失信", "守信"], 1, 1),
        (True, ["守信", "诚信"], 0, Decimal("0.5")),
        (False, ["ＡＢ．", "失信"], 0, Decimal("0.5")),
        (False, [" 守 信。", ""], 0, Decimal("0.5")),
        (False, ["守信"], 0, 0),
    ],
)
def test_blanks_with_alternatives_in_order_or_free(any_order, value, strict, part):
    key = {"blanks": [["守信", "诚信"], ["失信"]], "any_order": any_order}
    assert mark("blank", key, value, partial="") == strict
    assert mark("blank", key, value, partial="half") == part


def test_an_answer_for_people_to_mark_waits_and_an_empty_one_earns_nothing():
    key = {"by_hand": True, "rubric": "要点"}
    assert mark("short", key, "我的看法", partial="") is None
    assert [mark("short", key, value, partial="") for value in (" ", "", None, ["x"])] == [0, 0, 0, 0]


def question(**fields):
    return Question(**{"item_type": "single", "key": {"right": ["a"]}, "points": Decimal(2), "topic": "信用", **fields})


def test_a_paper_waits_for_people_only_where_something_was_written():
    hand = question(item_type="short", key={"by_hand": True}, points=Decimal(10))
    questions = [question(), hand, hand]
    waiting = verdict(questions, {1: "a", 2: "文字"}, pass_mark=60, partial="")
    assert (waiting.pending, waiting.marks) == ([2], [1, 0, 0])
    done = verdict(questions, {1: "a", 2: "文字"}, pass_mark=50, partial="", by_hand={2: Decimal("0.85")})
    assert (done.pending, done.points, done.max_points, done.passed) == ([], Decimal("10.50"), 22, False)


def test_a_correction_gives_full_marks_or_takes_the_question_out():
    questions = [question(), question(effect="full"), question(effect="drop", topic="承诺")]
    found = verdict(questions, {1: "b", 2: "b", 3: "a"}, pass_mark=50, partial="")
    assert (found.points, found.max_points, found.passed, found.marks) == (2, 4, True, [0, 1, None])
    assert [(t.name, t.right, t.total) for t in found.topics] == [("信用", 1, 2)]


def test_a_paper_of_which_nothing_counts_any_more_is_passed():
    found = verdict([question(effect="drop")], {}, pass_mark=60, partial="")
    assert (found.points, found.max_points, found.passed, found.topics) == (0, 0, True, [])


NOON = dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)


def outcomes(*percents, pass_mark=60):
    return [
        Outcome(n, NOON + dt.timedelta(days=n), p >= pass_mark, Decimal(p), pass_mark)
        for n, p in enumerate(percents, 1)
    ]


def stands(counting, *percents, acted_on=()):
    moments = [NOON + dt.timedelta(days=day) for day in acted_on]
    found = standing(outcomes(*percents), counting=counting, acted_on=moments)
    return found and found.key


@pytest.mark.parametrize(
    ("percents", "best", "last", "average"),
    [
        ((50,), None, None, None),
        ((60,), 1, 1, 1),
        ((50, 70), 2, 2, 2),
        ((50, 65), 2, 2, None),
        ((90, 40), 1, None, 1),
        ((70, 40), 1, None, None),
        ((70, 40, 80), 1, 3, 3),
        ((40, 70, 50), 2, None, None),
    ],
)
def test_best_last_and_average(percents, best, last, average):
    assert (stands("best", *percents), stands("last", *percents), stands("average", *percents)) == (best, last, average)


def test_a_voluntary_retry_does_not_undo_what_a_later_step_was_built_on():
    assert stands("last", 70, 40, acted_on=[1.5]) == 1
    assert stands("average", 70, 40, acted_on=[1.5]) == 1
    assert stands("last", 70, 40, acted_on=[2.5]) is None


def test_a_pass_that_was_kept_counts_as_a_pass_in_the_average():
    kept = [Outcome(1, NOON, True, Decimal(55), 60), Outcome(2, NOON, True, Decimal(60), 60)]
    assert standing(kept, counting="average").key == 1


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6))
def test_who_stands_by_the_last_or_the_average_stands_by_the_best(percents):
    best = stands("best", *percents)
    for counting in ("last", "average"):
        assert stands(counting, *percents) is None or best is not None
