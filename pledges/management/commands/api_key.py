"""`manage.py api_key --create UNIT NAME | --revoke PREFIX | --list`: keys of departments' systems."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisations.models import Organisation
from pledges import actions
from pledges.models import ApiKey


class Command(BaseCommand):
    """The key is shown once. To replace it: create the new one, change over, revoke the old one."""

    help = "Make, list and revoke the keys with which departments' systems send letters."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of --create, --revoke, --list."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--create", nargs=2, metavar=("UNIT", "NAME"), help="UNIT: unified code or name of the unit")
        what.add_argument("--revoke", metavar="PREFIX", help="the first eight characters")
        what.add_argument("--list", action="store_true")
        parser.add_argument("--days", type=int, default=365, help="how long a new key holds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown unit or key."""
        if options["create"]:
            unit, name = options["create"]
            self._create(unit, name, options["days"])
        elif options["revoke"]:
            key = ApiKey.objects.filter(prefix=options["revoke"].upper()).first()
            if key is None or not actions.revoke_api_key(by=None, key=key):
                raise CommandError("there is no such key in force")
            self.stdout.write(f"{key.prefix} is revoked")
        else:
            for key in ApiKey.objects.select_related("organisation").order_by("pk"):
                state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
                self.stdout.write(f"{key.prefix}  {state}  {key.organisation.name}  {key.name}")

    def _create(self, unit: str, name: str, days: int) -> None:
        found = list(Organisation.objects.filter(uscc=unit)[:2]) or list(Organisation.objects.filter(name=unit)[:2])
        if len(found) != 1:
            raise CommandError("there is no such unit, or more than one: give its unified code")
        try:
            _key, text = actions.create_api_key(by=None, organisation=found[0], name=name, days=days)
        except actions.NothingToSign as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(text)
