"""`manage.py api_key --create UNIT NAME | --rotate PREFIX | --revoke PREFIX | --list`: keys of departments' systems."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pledges import actions, queries
from pledges.models import ApiKey, Scope


class Command(BaseCommand):
    """The key is shown once. To replace it: rotate, change over; the old one ends by itself."""

    help = "Make, list, replace and revoke the keys with which departments' systems send letters."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of --create, --revoke, --list."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--create", nargs=2, metavar=("UNIT", "NAME"), help="UNIT: unified code or name of the unit")
        what.add_argument("--rotate", metavar="PREFIX", help="a new key; the old one holds for --overlap days more")
        what.add_argument("--revoke", metavar="PREFIX", help="the first eight characters")
        what.add_argument("--list", action="store_true")
        parser.add_argument("--overlap", type=int, default=actions.OVERLAP_DAYS, help="days the old key still holds")
        parser.add_argument("--scopes", default=",".join(Scope.values), help="what a new key may do, of: %(default)s")
        parser.add_argument("--days", type=int, default=365, help="how long a new key holds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown unit or key."""
        if options["create"]:
            unit, name = options["create"]
            self._create(unit, name, options["days"], options["scopes"].split(","))
        elif options["rotate"]:
            self._rotate(options["rotate"].upper(), options["overlap"])
        elif options["revoke"]:
            key = ApiKey.objects.filter(prefix=options["revoke"].upper()).first()
            if key is None or not actions.revoke_api_key(by=None, key=key):
                raise CommandError("there is no such key in force")
            self.stdout.write(f"{key.prefix} is revoked")
        else:
            for key in ApiKey.objects.select_related("organisation").order_by("pk"):
                state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
                self.stdout.write(f"{key.prefix}  {state}  {key.scopes}  {key.organisation.name}  {key.name}")

    def _create(self, unit: str, name: str, days: int, scopes: list[str]) -> None:
        found = queries.unit_named(unit)
        if found is None:
            raise CommandError("there is no such unit, or more than one: give its unified code")
        try:
            _key, text = actions.create_api_key(by=None, organisation=found, name=name, days=days, scopes=scopes)
        except (actions.NothingToSign, ValueError) as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(text)

    def _rotate(self, prefix: str, overlap: int) -> None:
        old = ApiKey.objects.filter(prefix=prefix).first()
        try:
            if old is None:
                raise actions.UnknownKey
            _key, text = actions.rotate_api_key(by=None, key=old, overlap_days=overlap)
        except actions.UnknownKey:
            raise CommandError("there is no such key in force") from None
        self.stdout.write(text)
