"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")
SIZES = ("lg", "xl")


def site_shell(request: HttpRequest) -> dict[str, Any]:
    """`shell`: site name, and the reader's theme and text size from cookies (rendered on the server: no flash)."""
    theme, size = request.COOKIES.get("theme", ""), request.COOKIES.get("size", "")
    return {
        "shell": {
            "site_name": settings.SITE_NAME,
            "theme": theme if theme in THEMES else "",
            "size": size if size in SIZES else "",
        }
    }
