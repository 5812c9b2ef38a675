"""What is exported and read again is the same question."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.exports import write_gift, write_moodle_xml, write_xlsx
from exams.importers import read
from tests.exams.importers.strategies import blocks, meaning

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("write", "name"), [(write_xlsx, "xlsx"), (write_gift, "gift"), (write_moodle_xml, "moodle-xml")]
)
@quick
@given(made=st.lists(blocks, min_size=1, max_size=4))
def test_an_export_is_read_back_as_the_same_questions(write, name, made):
    back = read(write(made), format=name)
    assert [meaning(block) for block in back] == [meaning(block) for block in made]
    assert [block.reasons for block in back] == [()] * len(made)


@settings(quick, max_examples=30)
@given(made=blocks.filter(lambda block: block.type == "blank"))
def test_an_arrow_in_the_answer_of_a_blank_makes_no_pairs_of_it(made):
    made = replace(made, answer=[["a->b", *group[1:]] for group in made.answer])
    for write, name in ((write_xlsx, "xlsx"), (write_gift, "gift"), (write_moodle_xml, "moodle-xml")):
        assert [meaning(block) for block in read(write([made]), format=name)] == [meaning(made)]
