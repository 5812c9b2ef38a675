"""`manage.py catalogues extract|compile|check [AREA …]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from elearning import catalogues


class Command(BaseCommand):
    """Keep the Chinese catalogues complete without GNU gettext."""

    help = "Extract, compile or check the message catalogues (areas: shell and each app)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and for which areas."""
        parser.add_argument("what", choices=["extract", "compile", "check"])
        parser.add_argument("areas", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if the check finds something or an area is unknown."""
        if options["what"] == "compile":
            self.stdout.write(f"{catalogues.compile_all()} catalogues compiled")
            return
        known = {area.name: area for area in catalogues.areas()}
        unknown = set(options["areas"]) - set(known)
        if unknown:
            raise CommandError(f"unknown area {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        chosen = [known[name] for name in options["areas"] or known]
        if options["what"] == "extract":
            for area in chosen:
                self.stdout.write(f"{area.name}: {catalogues.update(area)} untranslated")
            return
        found = [problem for area in chosen for problem in catalogues.problems(area)]
        found += [] if options["areas"] else catalogues.disagreements()
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{len(found)} problems in the catalogues")
        self.stdout.write("catalogues complete")
