"""Response headers that hold for the whole site."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase


class NullCharacterMiddleware:
    """Refuses addresses with a null character: PostgreSQL cannot store or compare one, so every query would fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("null character")
        return self.get_response(request)


class PolicyMiddleware(CSPMiddleware):
    """The strict Content-Security-Policy (a relaxed one under /admin/ only), and no copies of personal pages.

    Tablets are shared: after signing out, the back button must not show the page of the one before.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the policy header that fits the path, and `no-store` where somebody may be signed in."""
        is_page = response.headers.get("Content-Type", "").startswith(("text/html", "application/json"))
        if is_page and settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        if request.path.startswith("/admin/"):
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined,misc]
        return super().process_response(request, response)
