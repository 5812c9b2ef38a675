"""The working-day calendar of China: weekends, holidays, and weekends that are worked. Pure Python.

The State Council's office announces each year's holidays in the autumn before. `notices.py` keeps what was announced;
later years come from a file (`read_notice`). In a year without a notice only weekends are days off.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from foundation.workdays.notices import NOTICES

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_BREAK = 30


class BadNotice(ValueError):
    """A file with holidays that cannot be used. The text says what is wrong and what is expected."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are off although they are weekdays, and which are worked although they are weekends."""

    off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether people are at work on `day`."""
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)

    def first_from(self, day: date) -> date:
        """`day` itself if it is worked, else the next day that is."""
        while not self.is_working(day):
            day += DAY
        return day

    def next_after(self, day: date) -> date:
        """The working day after `day`."""
        return self.first_from(day + DAY)

    def is_first_of_week(self, day: date) -> bool:
        """Whether `day` is the first working day of its week (Monday to Sunday)."""
        return self.is_working(day) and self.first_from(monday_of(day)) == day

    def count(self, after: date, until: date) -> int:
        """How many working days lie after `after`, up to and including `until`; 0 if there are none."""
        return sum(1 for day in days(after + DAY, until) if self.is_working(day))

    def add(self, day: date, number: int) -> date:
        """The working day `number` working days after `day`."""
        for _ in range(number):
            day = self.next_after(day)
        return day


def monday_of(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    while first <= last:
        yield first
        first += DAY


def calendar(notices: Iterable[Mapping[str, Any]] = NOTICES) -> Calendar:
    """The calendar of these notices. Raises BadNotice."""
    off: set[date] = set()
    worked: set[date] = set()
    years: set[int] = set()
    for notice in notices:
        here = {day for span in _strings(notice, "off") for day in _span(span)}
        shifted = {_day(text) for text in _strings(notice, "worked")}
        if not here:
            raise BadNotice('"off" is empty: it lists the days off, as "2027-10-01/2027-10-07".')
        if here & shifted:
            raise BadNotice(f"{min(here & shifted)} cannot be both a day off and a working day.")
        off, worked = off | here, worked | shifted
        years |= {day.year for day in here}
    return Calendar(frozenset(off), frozenset(worked), frozenset(years))


def read_notices(path: str | Path) -> list[Mapping[str, Any]]:
    """Notices from a JSON file: a list of {"source": …, "off": ["first/last", …], "worked": [day, …]}.

    Raises BadNotice if it is not that, or OSError if it cannot be read.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadNotice(f"{path} is not JSON: {error}") from None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise BadNotice(f"{path} must hold a list of notices.")
    for notice in found:
        if not str(notice.get("source", "")).strip():
            raise BadNotice('Each notice needs a "source": name, number and date of the official notice.')
    calendar(found)
    return found


def _strings(notice: Mapping[str, Any], name: str) -> list[str]:
    value = notice.get(name, [])
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise BadNotice(f'"{name}" must be a list of days.')
    return list(value)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadNotice(f'"{text}" is not a day: write 2027-10-01.') from None


def _span(text: str) -> Iterator[date]:
    first, _slash, last = text.partition("/")
    begin, end = _day(first), _day(last or first)
    if not begin <= end <= begin + timedelta(days=LONGEST_BREAK):
        raise BadNotice(f'"{text}" must run forwards and be no longer than {LONGEST_BREAK} days.')
    return days(begin, end)
