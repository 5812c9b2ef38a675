"""`manage.py audit_log [--against OLD_CHECKPOINT]`: recompute the public log."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.ledger import queries
from tlog.errors import TlogError


class Command(BaseCommand):
    """Exit status 0 if files, signed root, database and the older checkpoint agree, 1 with what does not."""

    help = "Check the public log, from its entries up to the signed root."

    def add_arguments(self, parser: CommandParser) -> None:
        """--against."""
        parser.add_argument("--against", type=Path, help="a checkpoint file kept from earlier, elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError at the first thing that does not hold."""
        try:
            old = queries.read_checkpoint(options["against"].read_bytes()) if options["against"] else None
            found = queries.check_log(against=old)
        except TlogError as wrong:
            raise CommandError(f"{wrong} ({wrong.reason})") from None
        except OSError as wrong:
            raise CommandError(f"a file cannot be read: {wrong}") from None
        since = " and continues the older checkpoint" if found.continues else ""
        self.stdout.write(f"{found.size} entries hold{since}; {found.waiting} wait for their place")
        if found.missing:
            self.stdout.write(f"the head lacks the cosignature of {found.missing}")
