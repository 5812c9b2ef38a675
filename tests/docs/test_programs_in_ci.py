"""In CI no test is left out because a program is missing."""

import pytest

from tests.programs import needs


@pytest.mark.parametrize(
    ("program", "ci", "is_left_out"),
    [("no-such-program", "", True), ("no-such-program", "true", False), ("sh", "", False), ("sh", "true", False)],
)
def test_a_missing_program_leaves_a_test_out_at_home_and_never_in_ci(monkeypatch, program, ci, is_left_out):
    monkeypatch.setenv("CI", ci)
    mark = needs("sh", program).mark
    assert (mark.name, mark.args) == ("skipif", (is_left_out,))
