"""Where a request comes from, for the audit log."""

from collections.abc import Callable

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest, HttpResponse

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
