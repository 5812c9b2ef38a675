"""`{% load pledges %}`: how letters write dates and codes."""

from datetime import date

from django import template

from pledges.contracts import show_code

register = template.Library()
DIGITS = "〇一二三四五六七八九"


def _spoken(number: int) -> str:
    """1 to 99 as one says it: 十一, 二十, 三十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


@register.filter
def chinese_date(day: date) -> str:
    """二〇二六年十一月十八日: the day as a letter carries it."""
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_spoken(day.month)}月{_spoken(day.day)}日"


@register.filter
def chinese_number(number: int) -> str:
    """1 to 99 as clauses are numbered: 一, 十二, 三十."""
    return _spoken(number)


@register.filter
def code(value: str) -> str:
    """A verification code in groups of four."""
    return show_code(value)
