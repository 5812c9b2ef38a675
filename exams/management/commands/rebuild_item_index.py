"""Remake what the list of items searches, filters and warns by."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exams import actions


class Command(BaseCommand):
    """Folds every item anew into the index of the bank; nothing else changes."""

    help = "Remake the index of the item bank (search, filters, near duplicates)."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--no-twins` leaves the near duplicates as they are."""
        parser.add_argument("--no-twins", action="store_true", help="do not look for near duplicates (faster)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how many."""
        self.stdout.write(str(actions.rebuild_index(twins=not options["no_twins"])))
