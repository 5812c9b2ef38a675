"""Drawing and the feasibility check against a second, slow way to find out."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.sampling import (
    CannotFill,
    Cell,
    Deck,
    Recipe,
    Section,
    Shortage,
    compose,
    grouped,
    portions,
    shortages,
)

SEED = "0f" * 16
TYPES = ["single", "multiple", "survey"]


def cell(kind="single", difficulty=1, path="1/", bank=1, audience="teacher"):
    return Cell(bank, kind, difficulty, audience, "", path)


def section(count=1, kind="", difficulty=None, path="", bank=1, audience=""):
    return Section(bank, path, kind, difficulty, count, "2", audience)


def recipe(sections, rooms):
    return Recipe(tuple(sections), grouped(sections, rooms))


def rows_of(rooms):
    """{cell: [(version, item)]} for a bank with these rooms."""
    numbers = iter(range(1, 10_000))
    return {each: [(n * 7, n) for n in (next(numbers) for _ in range(room))] for each, room in rooms.items()}


cells = st.builds(
    cell, st.sampled_from(TYPES), st.integers(1, 2), st.sampled_from(["", "1/", "1/2/", "3/"]), st.integers(1, 2)
)
sections = st.builds(
    section,
    st.integers(1, 4),
    st.sampled_from(["", *TYPES]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["", "1/", "1/2/"]),
    st.integers(1, 2),
)
banks = st.dictionaries(cells, st.integers(0, 4), max_size=8)


def hall(wanted, rooms):
    """Hall's condition, tried for every set of sections: the sets that want more than there is."""
    return [
        chosen
        for size in range(1, len(wanted) + 1)
        for chosen in combinations(range(len(wanted)), size)
        if sum(wanted[s].count for s in chosen)
        > sum(room for each, room in rooms.items() if any(wanted[s].takes(each) for s in chosen))
    ]


@settings(max_examples=300, deadline=None)
@given(st.lists(sections, min_size=1, max_size=5), banks)
def test_the_check_has_no_false_alarm_and_misses_nothing(wanted, rooms):
    found = shortages(recipe(wanted, rooms))
    violated = hall(wanted, rooms)
    assert bool(found) == bool(violated)
    for shortage in found:
        assert tuple(n - 1 for n in shortage.sections) in violated
    named = {n - 1 for shortage in found for n in shortage.sections}
    assert named <= {s for chosen in violated for s in chosen}
    rest = [each for n, each in enumerate(wanted) if n not in named]
    assert shortages(recipe(rest, rooms)) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(sections, min_size=1, max_size=5), banks, st.integers(0, 2**128 - 1))
def test_a_drawn_paper_is_what_the_sections_ask_for_and_the_same_seed_draws_it_again(wanted, rooms, number):
    seed, the_recipe, rows = f"{number:032x}", recipe(wanted, rooms), rows_of(rooms)
    where = {version: each for each, own in rows.items() for version, _item in own}
    if short := shortages(the_recipe):
        with pytest.raises(CannotFill) as refused:
            portions(seed, the_recipe)
        assert {s.sections for s in refused.value.shortages} == {s.sections for s in short}
        return
    parts = portions(seed, the_recipe)
    drawn = compose(seed, the_recipe, parts, rows)
    assert drawn == compose(seed, the_recipe, portions(seed, the_recipe), rows)
    assert len({version for version, _points in drawn}) == sum(each.count for each in wanted)
    place = 0
    for each in wanted:
        for version, points in drawn[place : place + each.count]:
            assert each.takes(where[version])
            assert points == "2"
        place += each.count


def test_it_says_which_sections_compete():
    rooms = {cell("single"): 3, cell("multiple"): 9, cell("single", 2): 2}
    wanted = [section(3, "single", 1), section(2, "single"), section(4, "multiple"), section(1, "single", 2)]
    assert shortages(recipe(wanted, rooms)) == [Shortage((1, 2, 4), 6, 5)]
    assert shortages(recipe([*wanted[:3], section(9, "blank")], rooms)) == [Shortage((4,), 9, 0)]


def test_a_wide_section_leaves_a_narrow_one_what_only_that_can_use():
    rooms = {cell("single", 1): 2, cell("single", 2): 2}
    wanted = [section(2, "single"), section(2, "single", 1)]
    for number in range(50):
        assert shortages(recipe(wanted, rooms)) == []
        parts = portions(f"{number:032x}", recipe(wanted, rooms))
        assert parts.cells() == {cell("single", 1): 2, cell("single", 2): 2}


def test_ratings_are_drawn_only_by_a_section_that_asks_for_them():
    assert not section().takes(cell("survey"))
    assert section(kind="survey").takes(cell("survey"))


def test_every_item_has_the_same_chance():
    rooms = {cell("single", 1): 30, cell("single", 2): 10}
    wanted = recipe([section(4, "single")], rooms)
    counts = [portions(f"{n:032x}", wanted).cells().get(cell("single", 2), 0) for n in range(2000)]
    assert sum(counts) == pytest.approx(2000, rel=0.1)


def test_a_deck_deals_everything_once_before_anything_twice():
    deck = Deck([(n, n) for n in range(10)], Random(1))
    hands = [deck.deal(4) for _ in range(25)]
    assert all(len(set(hand)) == 4 for hand in hands)
    first_two = [row for hand in hands[:2] for row in hand]
    assert len(set(first_two)) == 8
    counts = [sum((n, n) in hand for hand in hands) for n in range(10)]
    assert max(counts) - min(counts) <= 1


def test_questions_stand_in_the_order_of_the_bank_when_they_are_not_shuffled():
    rooms = {cell("single"): 20}
    asked, rows = [section(10)], rows_of(rooms)
    in_order = Recipe(tuple(asked), grouped(asked, rooms), in_order=True)
    drawn = [v for v, _p in compose(SEED, in_order, portions(SEED, in_order), rows)]
    assert drawn == sorted(drawn)
    mixed = [v for v, _p in compose(SEED, recipe(asked, rooms), portions(SEED, in_order), rows)]
    assert (sorted(mixed), mixed != drawn) == (drawn, True)


def test_a_cell_is_read_back_as_it_was_written():
    written = cell("true_false", 5, "3/17/")
    assert Cell.read(written.bank_id, written.text) == written
