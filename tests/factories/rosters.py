"""Rosters brought in through the actions."""

from organisations import actions
from organisations.models import Kind
from tests.factories.organisations import OrganisationFactory
from tests.organisations.workbooks import workbook


def school():
    """A school with one grade and two classes."""
    school = OrganisationFactory(kind=Kind.SCHOOL, name="青山小学", code="qs")
    grade = OrganisationFactory(kind=Kind.GRADE, name="三年级", code="qs-3", parent=school)
    for number, letter in ((1, "A"), (2, "B")):
        OrganisationFactory(kind=Kind.CLASS, name=f"{number}班", code=f"QS3{letter}", parent=grade, order=number)
    return school


def bring(organisation, data=None, *, by=None, apply=True, sheets=None, **options):
    """Upload and, unless told otherwise, put in; the import as it then is."""
    data = data if data is not None else workbook(**(sheets or {}))
    applying = {name: options.pop(name) for name in ("valid_only", "leavers") if name in options}
    roster = actions.start_roster(by=by, organisation=organisation, data=data, filename="名册.xlsx", **options)
    if apply:
        actions.apply_roster(by=by, roster=roster, **applying)
        roster.refresh_from_db()
    return roster
