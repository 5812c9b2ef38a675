"""How grades and classes are called a year later. Pure Python."""

import re

from organisations.importers.places import fold_place

NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_NUMBER = "十[一二]?|[一二三四五六七八九]|1[0-2]|[1-9]"
_GRADE = re.compile(rf"(?P<before>小学|初中?|高中?)?(?P<number>{_NUMBER})(?P<after>年级)?")
_CLASS = re.compile(rf"(?P<before>(?:小学|初中?|高中?)?)(?P<number>{_NUMBER})(?=年级|[（(])|(?P<digit>[1-9])(?=\d\d班)")
LAST = {"primary": (6,), "junior": (9, 3), "senior": (12, 3), "vocational": (3,)}


def _value(text: str) -> int:
    return int(text) if text.isdigit() else NUMERALS.index(text)


def _written(number: int, like: str) -> str:
    return str(number) if like.isdigit() else NUMERALS[number]


def grade_number(name: str) -> int | None:
    """4 for 四年级, 3 for 初三; None for a name that says no grade (2023级)."""
    found = _GRADE.fullmatch(name.strip())
    return _value(found["number"]) if found and (found["before"] or found["after"]) else None


def raised_grade(name: str) -> str:
    """五年级 for 四年级; a name that says no grade stays."""
    number = grade_number(name)
    found = _GRADE.fullmatch(name.strip())
    if number is None or found is None or number + 1 >= len(NUMERALS):
        return name
    start, end = found.span("number")
    text = name.strip()
    return text[:start] + _written(number + 1, found["number"]) + text[end:]


def raised_class(name: str, grade: int) -> str:
    """五（1）班 for 四（1）班 in grade 4. 1班, 2023级1班 and a class that names another grade stay."""
    found = _CLASS.match(name)
    if found is None:
        return name
    group = "digit" if found["digit"] else "number"
    text = found[group]
    if _value(text) != grade or grade + 1 >= len(NUMERALS) or (group == "digit" and grade == 9):
        return name
    start, end = found.span(group)
    return name[:start] + _written(grade + 1, text) + name[end:]


def leaves(number: int | None, stage: str, highest: int | None) -> bool:
    """Whether this grade is the last one: by the stage of the school, else the highest that there is."""
    if number is None:
        return False
    known = [last for last in LAST.get(stage, ()) if highest is not None and highest <= last]
    return number == (min(known) if known and stage in LAST else highest)


def same_name(one: str, other: str) -> bool:
    """Whether people would take two units for the same."""
    return fold_place(one) == fold_place(other)
