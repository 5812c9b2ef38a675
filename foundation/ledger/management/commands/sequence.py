"""`manage.py sequence [--once] [--rebuild]`: give waiting entries their place in the public log and publish it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from foundation.ledger.sequencer import sequence
from tlog.errors import TlogError


class Command(BaseCommand):
    """The background worker does the same by itself; this is for a host of its own that holds the key.

    Whatever does not work ends it with a sentence: started again, it goes on where it was.
    """

    help = "Sequence and publish the public log."

    def add_arguments(self, parser: CommandParser) -> None:
        """--once, --rebuild, --interval."""
        parser.add_argument("--once", action="store_true", help="do what waits, then stop")
        parser.add_argument("--rebuild", action="store_true", help="first write every file again that is missing")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if going on could make a second history, or disk or database do not work."""
        rebuild = options["rebuild"]
        while True:
            try:
                done = sequence(rebuild=rebuild)
            except TlogError as refused:
                raise CommandError(f"{refused} ({refused.reason})") from None
            except (OSError, DatabaseError) as broken:
                raise CommandError(f"the log stops here and goes on later: {broken}") from None
            rebuild = False
            if done or options["once"]:
                self.stdout.write(f"{done} entries sequenced")
            if options["once"]:
                return
            time.sleep(options["interval"])
