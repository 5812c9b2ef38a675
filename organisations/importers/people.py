"""What the cells of one row say about a person, each checked by itself. Pure Python."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from organisations.importers.cells import plain, tidy
from organisations.importers.lines import ADULT, PUPIL

_BY_REGION = "11-15 21-23 31-37 41-46 50-54 61-65 71-71 81-83"
PROVINCES = frozenset(str(code) for ends in _BY_REGION.split() for code in range(int(ends[:2]), int(ends[3:]) + 1))
_NAME = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffffA-Za-zÀ-ɏ·' .-]{2,60}")
_NO_NAME = re.compile(r"合计|总计|小计|共计|姓名|示例|样例|制表|填表|审核|备注|说明")
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
_OLD_ID = re.compile(r"\d{15}")
_LIKE_ID = re.compile(r"[A-Z]?(\d{17}[\dX])")
_STAFF = "教师|老师|教职工|职工|员工|干部|公务员|班主任|教辅|成员|teacher|staff|employee|member"
_ROLES = {
    "学生": PUPIL,
    "学员": PUPIL,
    "pupil": PUPIL,
    "student": PUPIL,
    **dict.fromkeys(_STAFF.split("|"), ADULT),
}
_UNKNOWABLE = ["联络员", "管理员", "负责人", "信用联络员", "coordinator", "manager", "administrator"]


def id_flaw(number: str) -> str:
    """ "" for an ID number as GB 11643 has it, else the code of what is wrong.

    The division code is checked by province only: numbers were first given out in 1984, so that a county may be
    younger than the person who was registered there.
    """
    if _OLD_ID.fullmatch(number):
        return "id-old"
    if len(number) != 18:
        return "id-length"
    if not number[:-1].isascii() or not number[:-1].isdigit() or number[:2] not in PROVINCES:
        return "id-wrong"
    try:
        born = ric.get_birth_date(number)
    except (ValidationError, ValueError):
        return "id-wrong"
    if born > date.today() or born.year < 1900 or number[-1] != ric.calc_check_digit(number):
        return "id-wrong"
    return ""


def born_on(number: str) -> date:
    """The day of birth in a checked ID number."""
    return ric.get_birth_date(number)


def hidden_id(text: str) -> str:
    """The ID number that a school number (学籍号: G and the ID number) or a staff number is made of, else ""."""
    found = _LIKE_ID.fullmatch(text.upper())
    return found[1] if found and not id_flaw(found[1]) else ""


def check_name(text: str) -> tuple[str, str]:
    """(name, flaw)."""
    name = unicodedata.normalize("NFC", tidy(text)).translate(str.maketrans("•∙‧・．", "·····"))
    if not _NAME.fullmatch(name) or _NO_NAME.search(name):
        return "", "name-wrong"
    return name, ""


def check_number(text: str) -> tuple[str, str]:
    """(staff or student number, flaw)."""
    return (text, "") if _NUMBER.fullmatch(text) else ("", "number-wrong")


def check_phone(text: str) -> tuple[str, str]:
    """(eleven digits, flaw)."""
    digits = re.sub(r"[-()（）]", "", text).removeprefix("+86")
    return (digits, "") if _MOBILE.fullmatch(digits) else ("", "phone-wrong")


def check_email(text: str) -> tuple[str, str]:
    """(address in small letters, flaw)."""
    return (text.lower(), "") if _EMAIL.fullmatch(text) else ("", "email-wrong")


def check_seat(text: str) -> tuple[str, str]:
    """(seat number, flaw)."""
    digits = re.sub(r"[号座位]", "", text)
    good = digits.isascii() and digits.isdigit() and 0 < int(digits) < 1000
    return (str(int(digits)), "") if good else ("", "seat-wrong")


def check_until(text: str) -> tuple[str, str]:
    """(a last day as 2027-06-30, flaw). Today may be one."""
    return (text, "") if text >= date.today().isoformat() else ("", "until-over")


def check_role(text: str) -> tuple[str, str]:
    """(PUPIL or ADULT, flaw). Coordinators and managers are appointed by a person, never by a file."""
    word = plain(text).casefold()
    if word in _UNKNOWABLE:
        return "", "role-by-hand"
    kind = _ROLES.get(word, "")
    return kind, "" if kind else "role-wrong"


def check_profession(text: str, known: Mapping[str, str]) -> tuple[str, str]:
    """(code of a key profession, flaw). `known` is {code or name, folded: code}."""
    code = known.get(fold_profession(text), "")
    return code, "" if code else f"no-profession: {text[:40]}"


def fold_profession(text: str) -> str:
    """A code or name without what people write in different ways: capitals, blanks, full-width letters."""
    return plain(text).casefold()


def check_words(text: str, most: int) -> tuple[str, str]:
    """(text, flaw)."""
    return (text, "") if len(text) <= most else ("", "too-long")
