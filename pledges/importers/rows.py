"""Read one row of the national field layout (承诺编码, 承诺人名称 …), from wherever it comes. Pure Python."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from unicodedata import normalize

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from foundation.zhtext.numbers import names_somebody

CATEGORIES = ("legal", "natural", "self_employed")
TYPES = ("approval", "tolerance", "certificate", "repair", "industry", "voluntary", "other")
PUBLICATIONS = ("public", "limited", "none")
STATUSES = ("whole", "partly", "not")
AUDIENCES = ("civil_servant", "teacher", "university", "reviewer")
# name: (longest, required)
TEXTS = {
    "source_code": (64, True),
    "title": (120, False),
    "subject_name": (200, True),
    "subject_id_code": (18, True),
    "subject_unit": (200, False),
    "reason": (512, True),
    "content": (4000, True),
    "breach_liability": (4000, True),
    "accepting_unit_uscc": (18, False),
    "pledge_type_text": (60, False),
    "remarks": (512, False),
    "unfulfilled_content": (4000, False),
    "sanction_content": (4000, False),
    "status_unit": (200, False),
    "status_unit_uscc": (18, False),
}
# What came of the letter, beside its text: not a part of what makes a row that comes again the same.
KEPT = ("fulfilment_status", "unfulfilled_content", "sanction_content", "status_decided_on", "status_unit",
        "status_unit_uscc")  # fmt: skip
# Fields that rows of before did not have: empty, they change no digest.
LATER = ("pledge_type_text", "remarks", *KEPT)
CHOICES = {"subject_category": CATEGORIES, "pledge_type": TYPES, "publication_type": PUBLICATIONS}
DAYS = ("made_on", "valid_until", "status_decided_on")
KNOWN = {*TEXTS, *CHOICES, *DAYS, "audience", "fulfilment_status"}
# What everybody may read one day: no numbers of phones and identity cards, no e-mail addresses.
READ_BY_ALL = ("title", "reason", "content", "breach_liability", "pledge_type_text", "subject_unit",
               "unfulfilled_content", "sanction_content", "status_unit")  # fmt: skip
FULL_AGE = 18
PERSONAL_NUMBER = "holds a number of a phone or an identity card, or an e-mail address"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class InvalidRow(ValueError):
    """The row cannot become a letter. `errors` says why, by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(", ".join(sorted(errors)))


@dataclass(frozen=True, slots=True)
class Row:
    """A letter as a department sent it. The identity number of a person is not in here: it only proved their age."""

    source_code: str
    title: str
    subject_name: str
    subject_category: str
    subject_id_code: str
    subject_unit: str
    audience: str
    pledge_type: str
    reason: str
    content: str
    breach_liability: str
    publication_type: str
    accepting_unit_uscc: str
    made_on: date
    valid_until: date | None
    pledge_type_text: str = ""
    remarks: str = ""
    fulfilment_status: str = ""
    unfulfilled_content: str = ""
    sanction_content: str = ""
    status_decided_on: date | None = None
    status_unit: str = ""
    status_unit_uscc: str = ""

    @property
    def is_person(self) -> bool:
        """A natural person promises."""
        return self.subject_category == "natural"


def read_row(data: Mapping[str, Any], *, today: date) -> Row:
    """Check every field. Raises InvalidRow with all that is wrong, not only the first."""
    errors = {name: "unknown field" for name in data if name not in KNOWN}
    values = {name: _text(data, name, *limits, errors) for name, limits in TEXTS.items()}
    for name, allowed in CHOICES.items():
        values[name] = _text(data, name, 20, True, errors)
        if name not in errors and values[name] not in allowed:
            errors[name] = f"one of: {', '.join(allowed)}"
    made_on, valid_until, decided_on = (_day(data, name, errors) for name in DAYS)
    if made_on is None and "made_on" not in errors:
        errors["made_on"] = "required"
    if made_on is not None and made_on > today:
        errors["made_on"] = "lies in the future"
    if made_on is not None and valid_until is not None and valid_until < made_on:
        errors["valid_until"] = "lies before made_on"
    audience = _text(data, "audience", 20, False, errors)
    values["fulfilment_status"] = _text(data, "fulfilment_status", 20, False, errors)
    _subject(values, audience, today, errors)
    _type(values, errors)
    _fulfilment(values, decided_on, made_on, today, errors)
    errors |= {name: PERSONAL_NUMBER for name in READ_BY_ALL if name not in errors and names_somebody(values[name])}
    if errors or made_on is None:
        raise InvalidRow(errors)
    if values["subject_category"] == "natural":
        values["subject_id_code"] = ""
    audience = audience or "organisation"
    return Row(**values, audience=audience, made_on=made_on, valid_until=valid_until, status_decided_on=decided_on)


def row_from_json(data: Mapping[str, Any]) -> Row:
    """A row that was read and checked before, from how it was kept: its fields, days as texts."""
    days = {name: date.fromisoformat(data[name]) if data.get(name) else None for name in DAYS}
    return Row(**{**data, **days})


def _text(data: Mapping[str, Any], name: str, longest: int, required: bool, errors: dict[str, str]) -> str:
    given = data.get(name)
    if given is None or given == "":
        if required:
            errors[name] = "required"
        return ""
    if not isinstance(given, str):
        errors[name] = "must be a text"
        return ""
    text = normalize("NFC", given.replace("\r\n", "\n")).strip()
    if CONTROL.search(text) or any("\ud800" <= char <= "\udfff" for char in text):
        errors[name] = "contains control characters"
    elif not text and required:
        errors[name] = "required"
    elif len(text) > longest:
        errors[name] = f"longer than {longest} characters"
    return text


def _day(data: Mapping[str, Any], name: str, errors: dict[str, str]) -> date | None:
    given = data.get(name)
    if given in (None, ""):
        return None
    try:
        return date.fromisoformat(given) if isinstance(given, str) and len(given) == 10 else _no_day()
    except ValueError:
        errors[name] = "must be a day like 2026-11-18"
        return None


def _type(values: Mapping[str, str], errors: dict[str, str]) -> None:
    """其他 says what; the other types say it themselves."""
    text, is_other = values["pledge_type_text"], values["pledge_type"] == "other"
    if is_other and not text and "pledge_type_text" not in errors:
        errors["pledge_type_text"] = "required"
    if text and not is_other and "pledge_type" not in errors:
        errors["pledge_type_text"] = "only for the type other"


def _fulfilment(
    values: Mapping[str, str], decided_on: date | None, made_on: date | None, today: date, errors: dict[str, str]
) -> None:
    """Rule R4 of the layout: what is missing and what followed stand exactly where not all was fulfilled. Nothing
    negative of a person, so nothing at all."""
    status = values["fulfilment_status"]
    given = [name for name in KEPT if values.get(name) or (name == "status_decided_on" and decided_on)]
    if not given:
        return
    if values["subject_category"] == "natural":
        errors |= dict.fromkeys(given, "only for organisations")
        return
    if status not in STATUSES:
        errors.setdefault("fulfilment_status", f"one of: {', '.join(STATUSES)}" if status else "required")
        return
    for name in ("unfulfilled_content", "sanction_content"):
        if bool(values[name]) is (status == "whole"):
            errors.setdefault(name, "only if not all was fulfilled" if values[name] else "required")
    if decided_on is not None and made_on is not None and not made_on <= decided_on <= today:
        errors["status_decided_on"] = "lies before made_on" if decided_on < made_on else "lies in the future"
    code = values["status_unit_uscc"].upper()
    if code and not uscc.is_valid(code):
        errors.setdefault("status_unit_uscc", "not a valid code for this category")
    if bool(code) is not bool(values["status_unit"]):
        errors.setdefault("status_unit_uscc" if not code else "status_unit", "required")


def _no_day() -> date:
    raise ValueError


def _subject(values: Mapping[str, str], audience: str, today: date, errors: dict[str, str]) -> None:
    """The code fits the category; a person is of age."""
    code = values["subject_id_code"].upper()
    if "subject_id_code" in errors or "subject_category" in errors:
        return
    try:
        if values["subject_category"] != "natural":
            uscc.validate(code)
            if audience:
                errors["audience"] = "only for persons"
            return
        ric.validate(code)
    except ValidationError:
        errors["subject_id_code"] = "not a valid code for this category"
        return
    if audience not in AUDIENCES:
        errors["audience"] = f"one of: {', '.join(AUDIENCES)}"
    born = ric.get_birth_date(code)
    if (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < FULL_AGE:
        errors["subject_id_code"] = "nothing of a person under 18 is taken"
