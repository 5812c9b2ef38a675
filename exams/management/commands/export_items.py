"""`manage.py export_items --bank NAME --format xlsx --out FILE`: a whole bank as a file, with the answers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exams import actions
from exams.actions.exporting import WRITERS
from exams.models import Bank, Item


class Command(BaseCommand):
    """The file holds the answers; the log says that it was made."""

    help = "Write the newest wording of every item of a bank, with the answers, into a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which bank, how and where."""
        parser.add_argument("--bank", required=True, help="name of the item bank")
        parser.add_argument("--format", choices=sorted(WRITERS), default="xlsx")
        parser.add_argument("--out", required=True, help="the file to write; it must not exist")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown or empty bank, and for a file that exists or cannot be written."""
        bank = Bank.objects.filter(name=options["bank"]).first()
        if bank is None:
            names = ", ".join(Bank.objects.order_by("name").values_list("name", flat=True))
            raise CommandError(f"there is no bank “{options['bank']}”; there are: {names or 'none yet'}")
        path = Path(options["out"])
        if path.exists():
            raise CommandError(f"{path} exists already")
        try:
            data = actions.export_items(
                by=None, items=Item.objects.filter(bank=bank), format=options["format"], details={"bank": bank.pk}
            )
        except actions.NothingToExport:
            raise CommandError(f"“{bank}” holds no item") from None
        try:
            path.write_bytes(data)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        path.chmod(0o600)
        self.stdout.write(str(path))
