"""What people ask for beside their steps: a file with figures, an address for their calendar."""

from django.db import transaction

from accounts.models import User
from foundation.audit.actions import record
from organisations.models import Organisation
from programmes.models import CalendarFeed, Programme, calendar_token


@transaction.atomic
def note_export(*, by: User, unit: Organisation, programme: Programme) -> None:
    """Write down who took the figures and names of a unit away."""
    record(
        action="programmes.note_export",
        actor=by,
        target=f"organisations.Organisation:{unit.pk}",
        details={"programme": programme.pk},
    )


@transaction.atomic
def renew_calendar(*, user: User) -> CalendarFeed:
    """Give the calendar of `user` a new address; the old one is worth nothing any more."""
    feed, _created = CalendarFeed.objects.update_or_create(user=user, defaults={"token": calendar_token()})
    record(action="programmes.renew_calendar", actor=user, target=f"programmes.CalendarFeed:{feed.pk}")
    return feed
