"""`manage.py log_key`: make the log's key, or print its public side."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.ledger import keys
from tlog.errors import TlogError


class Command(BaseCommand):
    """Never overwrites a key: a log whose key is gone cannot go on, only a new one can begin."""

    help = "Make the key of the public log, or print its public side."

    def add_arguments(self, parser: CommandParser) -> None:
        """--create."""
        parser.add_argument("--create", action="store_true", help="make the key file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if the file is there already (--create) or is not (without)."""
        path = Path(settings.LOG_KEY_FILE)
        try:
            key = keys.create_key(path) if options["create"] else keys.load_key(path)
        except FileExistsError:
            raise CommandError("there is a key already; it is not overwritten") from None
        except TlogError as wrong:
            raise CommandError(str(wrong)) from None
        self.stdout.write(keys.verifier(key).vkey())
