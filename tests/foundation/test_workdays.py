"""Working days as they were announced, and as a file adds them."""

import datetime as dt
import json

import pytest

from foundation.workdays import BadNotice, calendar, read_notices


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "is_working"),
    [
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2025-10-08", False),
        ("2026-11-23", True),
        ("2026-11-22", False),
    ],
)
def test_holidays_are_off_and_shifted_weekends_are_worked(text, is_working):
    assert calendar().is_working(day(text)) == is_working


def test_counting_and_adding_skip_days_off():
    days = calendar()
    assert days.next_after(day("2026-09-30")) == day("2026-10-08")
    assert days.count(day("2026-09-30"), day("2026-10-10")) == 3
    assert days.count(day("2026-10-10"), day("2026-09-30")) == 0
    assert days.add(day("2026-09-30"), 3) == day("2026-10-10")
    assert days.is_first_of_week(day("2026-10-08"))
    assert not days.is_first_of_week(day("2026-10-09"))


def test_a_file_adds_a_year(tmp_path):
    path = tmp_path / "2027.json"
    path.write_text(
        json.dumps([{"source": "通知", "off": ["2027-10-01/2027-10-07"], "worked": ["2027-10-09"]}]), encoding="utf-8"
    )
    days = calendar(read_notices(path))
    assert (days.is_working(day("2027-10-01")), days.is_working(day("2027-10-09")), days.years) == (False, True, {2027})


@pytest.mark.parametrize(
    "content",
    [
        "nonsense",
        "{}",
        '[{"off": ["2027-10-01"]}]',
        '[{"source": "x"}]',
        '[{"source": "x", "off": "2027-10-01"}]',
        '[{"source": "x", "off": ["1 October"]}]',
        '[{"source": "x", "off": ["2027-10-07/2027-10-01"]}]',
        '[{"source": "x", "off": ["2027-01-01/2027-12-31"]}]',
        '[{"source": "x", "off": ["2027-10-01"], "worked": ["2027-10-01"]}]',
    ],
)
def test_a_file_that_is_wrong_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "2027.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadNotice):
        read_notices(path)
