"""`manage.py verify_audit`: recompute the hash chain of the audit log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.audit import queries


class Command(BaseCommand):
    """Exit status 0 if the chain holds, 1 with the first broken position if not."""

    help = "Check the hash chain of the audit log."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError at the first link that does not fit."""
        verdict = queries.verify()
        if verdict.broken_at is not None:
            raise CommandError(f"the chain is broken at position {verdict.broken_at}; {verdict.links} links hold")
        self.stdout.write(f"{verdict.links} links hold, {verdict.unsealed} entries wait for the sealer")
