"""Background work of courses."""

from typing import Any

from django.utils import timezone

from courses import actions
from notifications.queries import is_quiet


def tell_tomorrow(_payload: dict[str, Any]) -> None:
    """Everybody with a place tomorrow, a slice at a time. Not in the quiet hours; a day off does not hold it back."""
    if not is_quiet(timezone.now()):
        while actions.tell_tomorrow() == actions.TELL_SLICE:
            pass
