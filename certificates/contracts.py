"""The number of a certificate and other small rules. Pure Python."""

import calendar
import re
import secrets
from datetime import date

from stdnum.iso7064 import mod_11_10

LENGTH = 20
RANDOM_DIGITS = 11


def new_number(day: date) -> str:
    """Twenty digits: the day of issue, eleven random ones, and a check digit (ISO 7064, mod 11,10).

    From one number nobody can tell another: of 10¹¹ a day a few thousand are taken, and look-ups are limited.
    """
    digits = f"{day:%Y%m%d}{secrets.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return digits + str(mod_11_10.calc_check_digit(digits))


def read_number(typed: str) -> str:
    """The digits of what somebody typed or copied, full-width ones too, without blanks and strokes."""
    return "".join(str(int(char)) for char in typed[:80] if char.isdecimal())


def is_number(digits: str) -> bool:
    """Whether it has the length and the check digit of a number."""
    return len(digits) == LENGTH and bool(re.fullmatch(r"[0-9]+", digits)) and bool(mod_11_10.is_valid(digits))


def show_number(digits: str) -> str:
    """In groups that can be compared with a paper: day, then four by four."""
    return " ".join([digits[:8], *(digits[n : n + 4] for n in range(8, LENGTH, 4))])


def masked(name: str) -> str:
    """The first character; how many follow is not told."""
    return f"{name[:1]}＊＊" if name else ""


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
