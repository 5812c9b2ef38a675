"""`manage.py log_letters`: give letters from before the public log their record and their entry."""

from typing import Any

from django.core.management.base import BaseCommand

from pledges import actions


class Command(BaseCommand):
    """The background worker does the same by the hour; this does it at once. Can be stopped and started again."""

    help = "Put published letters that have no entry into the public log."

    def handle(self, *args: Any, **options: Any) -> None:
        """One transaction per letter."""
        self.stdout.write(f"{actions.log_letters()} letters got an entry")
