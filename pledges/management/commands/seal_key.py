"""`manage.py seal_key [--renew | --revoke REASON | --list]`: the certificate that seals PDFs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pledges import actions, pdf_seals
from tlog.errors import Refused


class Command(BaseCommand):
    """Certificates hold three years; the authority beside the seal issues the next one. With the seal of a public
    authority there is nothing to do here: put its new file in place of the old one."""

    help = "Show, renew or revoke the certificate that seals PDFs."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of them; without any, what is in force is shown."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--renew", action="store_true", help="a new key and certificate; old seals stay good")
        what.add_argument(
            "--revoke", metavar="REASON", help="the key was stolen: revoke it, make a new one, seal all PDFs anew"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where there is no seal yet, or no authority of our own."""
        try:
            if options["renew"]:
                actions.renew_seal(by=None)
            elif options["revoke"]:
                actions.revoke_seal(by=None, reason=options["revoke"])
            for line in pdf_seals.described():
                self.stdout.write(line)
        except Refused as wrong:
            raise CommandError(str(wrong)) from None
