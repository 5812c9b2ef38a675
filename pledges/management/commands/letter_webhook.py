"""`manage.py letter_webhook --create UNIT URL | --list | --log ID | --resend ID DELIVERY | --end ID`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.outbound import Forbidden
from pledges import actions, queries
from pledges.models import Webhook


class Command(BaseCommand):
    """What departments' systems do through /api/v1/webhooks, for whoever runs the site. The secret is shown once."""

    help = "Make, list, look into and end the addresses that are told of changes to letters."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of them."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--create", nargs=2, metavar=("UNIT", "URL"), help="UNIT: unified code, code or name")
        what.add_argument("--list", action="store_true")
        what.add_argument("--log", metavar="ID", help="the newest deliveries")
        what.add_argument("--resend", nargs=2, metavar=("ID", "DELIVERY"))
        what.add_argument("--end", metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for what does not exist or is not allowed."""
        if options["create"]:
            self._create(*options["create"])
        elif options["list"]:
            for hook in Webhook.objects.select_related("organisation").order_by("pk"):
                state = "ended" if hook.ended_at else f"told up to {hook.reached}"
                self.stdout.write(f"{hook.public_id}  {state}  {hook.organisation.name}  {hook.url}")
        elif options["log"]:
            for row in queries.deliveries_of(self._hook(options["log"]))[:50]:
                told = f"{row.first}-{row.last}  {row.state}  tries {row.tries}  {row.status or '-'}"
                self.stdout.write(f"{row.public_id}  {told}  {row.error}")
        elif options["resend"]:
            self._resend(*options["resend"])
        elif not actions.end_webhook(hook=self._hook(options["end"])):
            raise CommandError("it was ended before")

    def _hook(self, number: str) -> Webhook:
        found = Webhook.objects.filter(public_id=number).first()
        if found is None:
            raise CommandError("there is no such webhook")
        return found

    def _create(self, unit: str, url: str) -> None:
        found = queries.unit_named(unit)
        if found is None:
            raise CommandError("there is no such unit, or more than one: give its unified code")
        try:
            hook, secret = actions.create_webhook(organisation=found, url=url)
        except Forbidden as wrong:
            raise CommandError(str(wrong)) from None
        except actions.TooMany:
            raise CommandError("the unit has this address, or five others, already") from None
        self.stdout.write(f"{hook.public_id} {secret}")

    def _resend(self, number: str, delivery: str) -> None:
        row = queries.deliveries_of(self._hook(number)).filter(public_id=delivery).first()
        if row is None:
            raise CommandError("there is no such delivery")
        if not actions.resend_delivery(delivery=row):
            raise CommandError("another delivery to this address is under way")
