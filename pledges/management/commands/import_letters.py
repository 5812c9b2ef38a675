"""`manage.py import_letters FILE --organisation CODE [--dry-run] [--valid-only] [--json]`: letters from a table."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from organisations.importers.lines import Unreadable
from pledges import actions, queries
from pledges.importers import read_table
from pledges.models import RowState


class Command(BaseCommand):
    """What the preview shows, on the command line; without --dry-run the letters are stored and published at once."""

    help = "Read letters in the national field layout from .xlsx or .csv and publish them in a unit's name."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and whose letters they are."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, metavar="CODE", help="unified code, code or name")
        parser.add_argument("--dry-run", action="store_true", help="only show what would happen")
        parser.add_argument("--valid-only", action="store_true", help="take the valid rows although some are wrong")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown unit, an unreadable file, and wrong rows without --valid-only."""
        unit = queries.unit_named(options["organisation"])
        if unit is None:
            raise CommandError("there is no such unit, or more than one: give its unified code")
        try:
            data = options["file"].read_bytes()
            rows = actions.judge(rows=read_table(data).rows, organisation=unit, at=timezone.now())
        except (OSError, Unreadable) as wrong:
            raise CommandError(str(wrong)) from None
        stored = 0
        wrong_rows = sum(row.state == RowState.WRONG for row in rows)
        if not options["dry_run"] and (not wrong_rows or options["valid_only"]):
            stored = self._store(unit, options["file"].name, data)
        self._say(rows, stored, as_json=options["json"])
        if wrong_rows and not options["dry_run"] and not options["valid_only"]:
            raise CommandError(f"{wrong_rows} rows are wrong: nothing was stored")

    def _store(self, unit: Any, name: str, data: bytes) -> int:
        batch = actions.read_letters(by=None, organisation=unit, file_name=name, data=data)
        try:
            actions.take_import(by=None, batch=batch, only_valid=True)
        except actions.NotDecidable:
            return 0
        return actions.store_import(batch_id=batch.pk)

    def _say(self, rows: list[Any], stored: int, *, as_json: bool) -> None:
        counts = {state: sum(row.state == state for row in rows) for state in RowState.values}
        wrong = [{"row": row.number, "reasons": row.reasons} for row in rows if row.state == RowState.WRONG]
        if as_json:
            self.stdout.write(json.dumps({**counts, "stored": stored, "rows": wrong}, ensure_ascii=False))
            return
        for row in wrong:
            for name, cell, reason in row["reasons"]:
                self.stdout.write(f"row {row['row']} {cell} {name}: {reason}")
        self.stdout.write(
            f"{counts['new']} new, {counts['unchanged']} unchanged, {counts['wrong']} wrong, {stored} stored"
        )
