"""What people ask for beside their steps: an address for their calendar."""

from django.db import transaction

from accounts.models import User
from foundation.audit.actions import record
from programmes.models import CalendarFeed, calendar_token


@transaction.atomic
def renew_calendar(*, user: User) -> CalendarFeed:
    """Give the calendar of `user` a new address; the old one is worth nothing any more."""
    feed, _created = CalendarFeed.objects.update_or_create(user=user, defaults={"token": calendar_token()})
    record(action="programmes.renew_calendar", actor=user, target=f"programmes.CalendarFeed:{feed.pk}")
    return feed
