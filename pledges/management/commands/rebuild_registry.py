"""`manage.py rebuild_registry [--check] [--words]`: compare the public list with the letters, and put it right."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pledges import actions


class Command(BaseCommand):
    """The list is a copy; this makes it again from the letters wherever it differs."""

    help = "Compare the registry and its figures with the letters, and put right what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """--check changes nothing."""
        parser.add_argument("--check", action="store_true", help="only count; exit with 1 if anything differs")
        parser.add_argument("--words", action="store_true", help="write the words of all rows anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError under --check if anything differs."""
        differing = actions.rebuild_registry(check=options["check"], words=options["words"])
        if differing and options["check"]:
            raise CommandError(f"{differing} rows or figures differ")
        self.stdout.write(f"{differing} rows or figures differed" if differing else "nothing differs")
