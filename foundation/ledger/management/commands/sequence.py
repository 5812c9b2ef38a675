"""`manage.py sequence [--once]`: give waiting entries their place in the public log and publish it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.ledger.sequencer import sequence
from tlog.errors import TlogError


class Command(BaseCommand):
    """The background worker does the same by itself; this is for a host of its own that holds the key."""

    help = "Sequence and publish the public log."

    def add_arguments(self, parser: CommandParser) -> None:
        """--once, --interval."""
        parser.add_argument("--once", action="store_true", help="do what waits, then stop")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if going on could make a second history."""
        while True:
            try:
                done = sequence()
            except TlogError as refused:
                raise CommandError(f"{refused} ({refused.reason})") from None
            if done or options["once"]:
                self.stdout.write(f"{done} entries sequenced")
            if options["once"]:
                return
            time.sleep(options["interval"])
