"""Background work of courses."""

from typing import Any

from django.utils import timezone

from courses import actions

# A word about tomorrow is no use at night; a day off does not hold it back.
FIRST_HOUR, LAST_HOUR = 8, 21


def tell_tomorrow(_payload: dict[str, Any]) -> None:
    """Everybody with a place tomorrow, a slice at a time."""
    if FIRST_HOUR <= timezone.localtime().hour < LAST_HOUR:
        while actions.tell_tomorrow() == actions.TELL_SLICE:
            pass
