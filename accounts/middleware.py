"""Where a request comes from, how long a session lasts, and the second factor before the admin."""

from collections.abc import Callable
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import actions, queries, registry
from foundation.audit.actions import current_address


class AddressMiddleware:
    """Sets `foundation.audit.actions.current_address` for the time of one request.

    The address is the one that the rate limits use: ALLAUTH_TRUSTED_PROXY_COUNT says how many proxies to believe.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_address.set((get_client_ip(request) or "")[:45])
        try:
            return self.get_response(request)
        finally:
            current_address.reset(token)


def begin(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """A session begins with signing in, whichever way: allauth's or a class's door. Connected to Django's signal."""
    now = timezone.now().timestamp()
    request.session[SessionLimitMiddleware.BEGAN] = request.session[SessionLimitMiddleware.SEEN] = now


class SessionLimitMiddleware:
    """Ends a session after so long without a request, and after so long altogether; clears the cache at every sign-out.

    Never in the middle of something (`registry.busy`): an exam goes on, and the session ends with the first request
    after it. The browser's storage is left alone: answers may wait there that the server does not have yet.
    """

    BEGAN, SEEN = "began_at", "seen_at"
    MINUTE = 60

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_in = request.user.is_authenticated
        if was_in:
            self._keep_or_end(request)
        response = self.get_response(request)
        if was_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def _keep_or_end(self, request: HttpRequest) -> None:
        now = timezone.now().timestamp()
        began = request.session.setdefault(self.BEGAN, now)
        seen = request.session.get(self.SEEN, now)
        why = "idle" if now - seen > settings.SESSION_IDLE_SECONDS else ""
        why = why or ("age" if now - began > settings.SESSION_MAX_SECONDS else "")
        if not why or registry.is_busy(request.user):
            if now - request.session.get(self.SEEN, 0) >= self.MINUTE:  # not a write with each request
                request.session[self.SEEN] = now
            return
        actions.note_session_end(user=request.user, why=why)  # type: ignore[arg-type]  # signed in
        logout(request)
        if request.method == "GET":
            messages.info(request, _("You were signed out because much time had passed. Please sign in again."))


class SecondFactorMiddleware:
    """No page of the admin for somebody who has not shown a second factor in this session, where one is asked for.

    By the address, not by the view: what somebody adds below /admin/ tomorrow is behind it, too.
    """

    OPEN = ("/admin/login/", "/admin/logout/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._is_missing(request):
            return self.get_response(request)
        kinds = queries.second_factors(request.user)  # type: ignore[arg-type]  # signed in, or nothing is missing
        if not kinds:
            return HttpResponseRedirect(reverse("mfa_index"))
        door = "mfa_reauthenticate_webauthn" if "webauthn" in kinds else "mfa_reauthenticate"
        here = urlencode({REDIRECT_FIELD_NAME: request.get_full_path() if request.method == "GET" else "/admin/"})
        return HttpResponseRedirect(f"{reverse(door)}?{here}")

    def _is_missing(self, request: HttpRequest) -> bool:
        """Whether this request wants into the admin without the second factor that it needs."""
        if not request.path.startswith("/admin/") or request.path in self.OPEN or not request.user.is_authenticated:
            return False
        return queries.needs_second_factor(request.user) and not queries.used_second_factor(request)
