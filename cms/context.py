"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cms.queries import footer_pages
from foundation.engines import is_old
from notifications.queries import unread_count

THEMES = ("light", "dark")
SIZES = ("lg", "xl")


def reading_preferences(request: HttpRequest) -> dict[str, Any]:
    """Site name, and the reader's theme and text size from cookies (rendered on the server: no flash).

    Touches neither session nor database, so the page for a failed server may use it too.
    """
    theme, size = request.COOKIES.get("theme", ""), request.COOKIES.get("size", "")
    return {
        "site_name": settings.SITE_NAME,
        "theme": theme if theme in THEMES else "",
        "size": size if size in SIZES else "",
        "old_engine": is_old(request.headers.get("user-agent", "")),
    }


def site_shell(request: HttpRequest) -> dict[str, Any]:
    """`shell`: the values that the header and the footer show.

    `unread` and `footer_pages` are asked for once each, when they are first printed.
    """
    lazy = {"unread": SimpleLazyObject(lambda: _unread(request)), "footer_pages": SimpleLazyObject(footer_pages)}
    return {"shell": reading_preferences(request) | lazy}


def _unread(request: HttpRequest) -> int:
    """New messages of whoever is signed in."""
    user = getattr(request, "user", None)
    return unread_count(user) if user is not None and user.is_authenticated else 0
