"""`manage.py import_roster FILE --organisation CODE`: show what a roster would do, or put it in."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import User
from organisations import actions
from organisations.actions.roster_reading import blame, read_rows, refuse_size
from organisations.forms.reasons import masked, say, say_unreadable
from organisations.importers.lines import Unreadable
from organisations.models import Organisation, RosterImport, RosterRow, RosterState, RowStatus
from organisations.queries.rosters import missing_people, reader

UNREADABLE = 2


class Command(BaseCommand):
    """Puts in nothing if a row is wrong, unless --valid-only says so; ends no membership unless --end-leavers does."""

    help = "Bring a roster (.xlsx or .csv) into an organisation. With --dry-run only show what it would do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to read, where to, and how far to go."""
        parser.add_argument("file", help="the file to read")
        parser.add_argument("--organisation", required=True, metavar="CODE", help="code of the unit that it is about")
        parser.add_argument("--dry-run", action="store_true", help="only show what it would do; nothing is written")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--valid-only", action="store_true", help="put the right rows in although others are wrong")
        parser.add_argument("--make-units", action="store_true", help="make missing grades, classes and sections")
        parser.add_argument("--complete", action="store_true", help="the file names everybody of the organisation")
        parser.add_argument("--end-leavers", action="store_true", help="end the membership of who is not in the file")
        parser.add_argument("--by", metavar="USERNAME", help="who imports")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError: code 2 for a file that cannot be read, code 1 for everything else."""
        path = Path(options["file"])
        organisation = Organisation.objects.filter(code=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"there is no unit with the code {options['organisation']}")
        try:
            size = path.stat().st_size
            refuse_size(size)
            data = path.read_bytes()
            report = (
                self._look(organisation, data, options)
                if options["dry_run"]
                else self._put_in(organisation, data, path.name, options)
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=UNREADABLE) from error
        except Unreadable as error:
            raise CommandError(f"{path}: {say_unreadable(str(error))} [{error}]", returncode=UNREADABLE) from error
        except actions.UnitGone:
            raise CommandError("this unit is closed") from None
        self._tell(report, as_json=options["json"])
        if report.get("refused"):
            raise CommandError(report["refused"])

    def _look(self, organisation: Organisation, data: bytes, options: dict[str, Any]) -> dict[str, Any]:
        """Read and compare in memory; the database is only read."""
        found = reader(organisation, data)
        rows: list[RosterRow] = []
        for portion in read_rows(organisation, found, makes_units=options["make_units"]):
            if portion[0].status:
                rows += portion
            else:
                blame(rows[portion[0].order - 1], portion[0].reasons, portion[0].cell)
        leavers = missing_people(organisation, rows, is_complete=options["complete"])
        return _report(organisation, rows, leavers, found.skipped)

    def _put_in(self, organisation: Organisation, data: bytes, name: str, options: dict[str, Any]) -> dict[str, Any]:
        by = _person(options["by"])
        roster = actions.start_roster(
            by=by,
            organisation=organisation,
            data=data,
            filename=name,
            is_complete=options["complete"],
            makes_units=options["make_units"],
        )
        payload = {"roster": roster.pk}
        if roster.state == RosterState.READING:
            # Here nobody waits for a page: read at once; the job finds nothing left to do.
            actions.show_roster(payload=payload, result=actions.read_in_background(payload=payload))
            roster.refresh_from_db()
        if roster.state == RosterState.FAILED:
            raise Unreadable(*roster.error.split(": ", 1))
        refused = self._apply(roster, by, options)
        rows = list(roster.rows.select_related("unit").order_by("order"))
        leavers = [
            {"name": masked(leaver.membership.user.name), "unit": leaver.membership.organisation.code}
            for leaver in roster.leavers.select_related("membership__user", "membership__organisation").order_by("pk")
        ]
        return _report(organisation, rows, leavers, roster.skipped) | {
            "applied": roster.state == RosterState.APPLIED,
            "refused": refused,
        }

    def _apply(self, roster: RosterImport, by: User | None, options: dict[str, Any]) -> str:
        """Returns why nothing was put in, or ""; the import then waits on its page."""
        leavers = list(roster.leavers.values_list("pk", flat=True)) if options["end_leavers"] else []
        try:
            actions.apply_roster(by=by, roster=roster, valid_only=options["valid_only"], leavers=leavers)
        except actions.HasErrors:
            return _("Rows are wrong, so nothing was put in. Correct them, or use --valid-only.")
        except actions.NothingToApply:
            return ""
        except actions.NotNow:
            return _("Another roster of this organisation is being put in. Try again later.")
        roster.refresh_from_db()
        payload = {"roster": roster.pk}
        while roster.state in (RosterState.APPLYING, RosterState.UNDOING):
            actions.continue_roster(payload=payload, result=actions.check_roster(payload=payload), at_once=True)
            roster.refresh_from_db()
        return say_unreadable(roster.error) if roster.error else ""

    def _tell(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            if self.stdout._out is sys.stdout and hasattr(sys.stdout, "reconfigure"):  # type: ignore[attr-defined]
                sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
            return
        self.stdout.write("  ".join(f"{name}: {number}" for name, number in report["counts"].items()))
        for row in report["rows"]:
            if row["status"] == RowStatus.ERROR:
                place = f"{row['sheet']}!{row['cell'] or row['row']}".lstrip("!")
                self.stdout.write(f"{place}  {row['name']}  {' '.join(row['messages'])}")
        for leaver in report["leavers"]:
            self.stdout.write(_("not in the file: %(name)s (%(unit)s)") % leaver)


def _report(
    organisation: Organisation, rows: list[RosterRow], leavers: list[dict[str, str]], skipped: list[str]
) -> dict[str, Any]:
    places = {str(row.order): f"{row.sheet}!{row.row}".lstrip("!") for row in rows}
    counts = dict.fromkeys(RowStatus.values, 0)
    for row in rows:
        counts[row.status] += 1
    return {
        "organisation": organisation.code,
        "counts": counts | {"leavers": len(leavers)},
        "rows": [
            {
                "sheet": row.sheet,
                "row": row.row,
                "cell": row.cell,
                "name": masked(row.name),
                "unit": row.unit.code if row.unit else "",
                "status": str(row.status),
                "reasons": row.reasons,
                "messages": [say(reason, lambda order: places.get(order, order)) for reason in row.reasons],
                "changes": sorted(row.changes),
            }
            for row in rows
        ],
        "leavers": leavers,
        "skipped_sheets": skipped,
    }


def _person(username: str | None) -> User | None:
    """Raises CommandError for somebody who does not exist."""
    if username is None:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"nobody has the user name {username}")
    return user
