"""`manage.py unlock_account USERNAME [--second-factors REASON]`: let somebody in again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import actions, queries


class Command(BaseCommand):
    """The way back in when nobody with the rights for /admin/ can sign in."""

    help = "Unlock an account after wrong passwords; with --second-factors take away passkeys and codes that were lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and what."""
        parser.add_argument("identifier", help="username, e-mail, employee number or phone")
        parser.add_argument("--second-factors", metavar="REASON", help="remove them; the audit log keeps the reason")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if there is no such person."""
        user = queries.holder_of(options["identifier"])
        if user is None:
            raise CommandError(f"nobody is {options['identifier']}")
        was_locked = actions.unlock_account(by=None, user=user)
        self.stdout.write(f"{user.get_username()}: {'unlocked' if was_locked else 'no wrong passwords were counted'}")
        if options["second_factors"]:
            count = actions.reset_factors(by=None, user=user, reason=options["second_factors"])
            self.stdout.write(f"{count} second factors removed")
