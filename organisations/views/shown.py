"""Rows of a preview as a person reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from organisations.forms.reasons import FIELD_WORDS, say
from organisations.models import Organisation, RosterImport, RosterRow

UNITS = ("unit", "guest", "leads")  # changes that name units
KINDS = {"new": "info", "changed": "warn", "unchanged": "ok", "error": "bad"}
ICONS = {"new": "plus", "changed": "pen", "unchanged": "check", "error": "bad"}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row: where it stands in the file, what it would do, and why not."""

    row: RosterRow
    place: str
    kind: str
    icon: str
    unit: str
    changes: list[tuple[str, str, str]]
    reasons: list[str]


def shown_rows(roster: RosterImport, rows: Iterable[RosterRow]) -> list[ShownRow]:
    """Rows with their words, in two statements however many there are."""
    found = list(rows)
    units = {pair[1] for row in found for name, pair in row.changes.items() if name in UNITS}
    units |= {pair[0] for row in found for name, pair in row.changes.items() if name == "unit"}
    names = dict(
        Organisation.objects.filter(pk__in=[pk for pk in units if isinstance(pk, int)]).values_list("pk", "name")
    )
    others = {int(pk) for row in found for reason in row.reasons if (pk := _other(reason))}
    places = {
        str(order): place_of(sheet, number)
        for order, sheet, number in roster.rows.filter(order__in=others).values_list("order", "sheet", "row")
    }
    return [
        ShownRow(
            row,
            place_of(row.sheet, row.row),
            KINDS[row.status],
            ICONS[row.status],
            row.unit.name if row.unit else "/".join(row.parts) or roster.organisation.name,
            [_change(name, pair, names) for name, pair in sorted(row.changes.items()) if row.status == "changed"],
            [say(reason, lambda order: places.get(order, order)) for reason in row.reasons],
        )
        for row in found
    ]


def place_of(sheet: str, row: int) -> str:
    """Where a row stands in the file."""
    return _("%(sheet)s, row %(row)s") % {"sheet": sheet, "row": row} if sheet else _("row %(row)s") % {"row": row}


def _other(reason: str) -> str:
    last = reason.rsplit(" ", 1)[-1]
    return last if reason.startswith("twice: ") and last.isdigit() else ""


def _change(name: str, pair: list[Any], names: dict[int, str]) -> tuple[str, str, str]:
    old, new = (names.get(value, value) if name in UNITS else value for value in pair)
    return str(FIELD_WORDS.get(name, name)), str(old or "—"), str(new)
