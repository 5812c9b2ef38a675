"""Units of the demo city: departments with sections, schools with grades and classes, enterprises."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from organisations import actions
from organisations.models import Kind, Organisation

NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


@transaction.atomic
def load_organisations(content: Path) -> Organisation:
    """Make every unit of `content`/organisations.toml that is not there yet, and return the city."""
    data = tomllib.loads((content / "organisations.toml").read_text(encoding="utf-8"))
    city = _unit(None, Kind.CITY, **data["city"])
    for order, row in enumerate(data.get("departments", []), 1):
        department = _unit(city, Kind.DEPARTMENT, order=order, **_own(row))
        for number, name in enumerate(row.get("sections", []), 1):
            _unit(department, Kind.SECTION, name=name, code=f"{row['code']}-{number}", order=number)
    for order, row in enumerate(data.get("schools", []), 1):
        _school(city, order, row)
    for order, row in enumerate(data.get("enterprises", []), 1):
        _unit(city, Kind.ENTERPRISE, order=order, **_own(row))
    return city


def _own(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of a unit itself."""
    return {name: value for name, value in row.items() if name not in {"sections", "grades"}}


def _unit(parent: Organisation | None, kind: str, *, code: str, **fields: Any) -> Organisation:
    """The unit with this code, made if it is not there."""
    known = Organisation.objects.filter(code=code).first()
    return known or actions.create_organisation(by=None, kind=kind, parent=parent, code=code, **fields)


def _school(city: Organisation, order: int, row: dict[str, Any]) -> None:
    """A school with its grades and classes. A class code is short enough to type: QP5A."""
    school = _unit(city, Kind.SCHOOL, order=order, **_own(row))
    letters = "".join(word[0] for word in row["code"].split("-")).upper()
    for grade_row in row.get("grades", []):
        number = NUMERALS[grade_row["name"][0]]
        grade = _unit(school, Kind.GRADE, name=grade_row["name"], code=f"{row['code']}-{number}", order=number)
        for place, name in enumerate(grade_row["classes"]):
            _unit(grade, Kind.CLASS, name=name, code=f"{letters}{number}{'ABCDEFGHJK'[place]}", order=place + 1)
