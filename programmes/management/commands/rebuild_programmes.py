"""`manage.py rebuild_programmes [--check | --prune]`: the index of finished steps from the facts of the step apps."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from programmes.actions import COUNT_SLICE, count_completions, rebuild_completions, rebuild_tallies


class Command(BaseCommand):
    """Exit code 0: the index is what the facts prove (now). 1: it differs still."""

    help = "Compare the index of finished steps with the facts, and add what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--check changes nothing; --prune also removes what no fact proves."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--check", action="store_true", help="Only compare; exit with 1 if anything differs.")
        choice.add_argument("--prune", action="store_true", help="Also remove completions that no fact proves.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, mend and say what was found."""
        repair = rebuild_completions(check=options["check"], prune=options["prune"])
        while not options["check"] and count_completions() == COUNT_SLICE:
            pass
        figures = rebuild_tallies(check=options["check"])
        if figures:
            self.stdout.write(f"Figures by unit that differed: {figures}")
        if not (repair.missing or repair.stale):
            self.stdout.write("The index agrees with the facts.")
            if figures and options["check"]:
                sys.exit(1)
            return
        self.stdout.write(f"Proven and not in the index: {repair.missing}")
        self.stdout.write(f"In the index and not proven: {repair.stale}")
        if options["check"]:
            self.stdout.write("Nothing was changed (--check).")
            sys.exit(1)
        self.stdout.write(f"Added: {repair.missing}. Removed: {repair.stale if options['prune'] else 0}.")
        if repair.stale and not options["prune"]:
            self.stdout.write("Run again with --prune to remove what is not proven.")
            sys.exit(1)
