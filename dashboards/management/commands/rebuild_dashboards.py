"""`manage.py rebuild_dashboards [--check]`: the exam figures by unit from the attempts, of all years."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from dashboards.actions import count_exams


class Command(BaseCommand):
    """Exit code 0: the figures are what the attempts say (now). 1: with --check, they differ."""

    help = "Compare the exam figures by unit with the attempts, and put them right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--check changes nothing."""
        parser.add_argument("--check", action="store_true", help="Only compare; exit with 1 if anything differs.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, mend and say what was found."""
        differing = count_exams(check=options["check"])
        self.stdout.write(f"Exam figures by unit that differed: {differing}")
        if differing and options["check"]:
            sys.exit(1)
