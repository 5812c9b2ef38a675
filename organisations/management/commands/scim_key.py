"""`manage.py scim_key --create CODE NAME | --rotate PREFIX | --revoke PREFIX | --list`: keys of personnel systems."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisations import actions
from organisations.models import Organisation, ScimKey


class Command(BaseCommand):
    """A key is shown once. A rotated one holds for another week."""

    help = "Make, list, rotate and revoke the keys with which personnel systems keep people (SCIM)."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of --create, --rotate, --revoke, --list."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--create", nargs=2, metavar=("CODE", "NAME"), help="CODE of the unit; NAME of the system")
        what.add_argument("--rotate", metavar="PREFIX", help="make a new key like the one that begins so")
        what.add_argument("--revoke", metavar="PREFIX", help="the first eight characters")
        what.add_argument("--list", action="store_true")
        parser.add_argument("--read-only", action="store_true", help="the new key may look, not change")
        parser.add_argument("--days", type=int, default=365, help="how long a new key holds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown unit or key."""
        if options["create"]:
            code, name = options["create"]
            unit = Organisation.objects.filter(code=code, closed_on=None).first()
            if unit is None:
                raise CommandError(f"there is no open unit with the code {code}")
            made = {"may_write": not options["read_only"], "days": options["days"]}
            self.stdout.write(actions.create_scim_key(by=None, organisation=unit, name=name, **made)[1])
        elif options["list"]:
            for key in ScimKey.objects.select_related("organisation").order_by("pk"):
                state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
                scope = "reads and writes" if key.may_write else "reads"
                self.stdout.write(f"{key.prefix}  {state}  {scope}  {key.organisation.name}  {key.name}")
        else:
            self._end((options["rotate"] or options["revoke"]).upper(), rotate=bool(options["rotate"]))

    def _end(self, prefix: str, *, rotate: bool) -> None:
        key = ScimKey.objects.filter(prefix=prefix).select_related("organisation").first()
        if key is None:
            raise CommandError("there is no such key")
        if rotate:
            try:
                self.stdout.write(actions.rotate_scim_key(by=None, key=key)[1])
            except actions.KeyEnded:
                raise CommandError("the key is no longer in force") from None
        elif actions.revoke_scim_key(by=None, key=key):
            self.stdout.write(f"{key.prefix} is revoked")
        else:
            raise CommandError("the key was revoked before")
