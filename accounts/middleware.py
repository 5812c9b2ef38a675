"""Where a request comes from, for the audit log; and the second factor before the admin."""

from collections.abc import Callable

from allauth.core.internal.httpkit import get_client_ip
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts import queries
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
