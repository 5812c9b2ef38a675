"""`manage.py retention`: what is kept how long, and what is due to be forgotten."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from privacy import actions, queries


class Command(BaseCommand):
    """Shows every rule; with --apply forgets what is due now instead of at night."""

    help = "Show the rules of retention and what is due; --apply forgets it now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One flag."""
        parser.add_argument("--apply", action="store_true", help="forget what is due now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a rule."""
        for due in queries.due(timezone.now()):
            kept = f"{due.days} days" if due.days else "for ever"
            self.stdout.write(f"{due.rule.key:28} {kept:>10}  due: {due.number}  ({due.rule.setting})")
        if options["apply"]:
            for key, number in actions.prune().items():
                self.stdout.write(f"forgotten: {key} {number}")
