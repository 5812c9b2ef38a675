"""A closed gate becomes a page (or JSON) that says why and what to do."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from programmes.queries import GateError, ProgrammeClosed, StepLocked, StepUnknown

logger = logging.getLogger(__name__)
WORDS = {StepUnknown: "step-unknown", ProgrammeClosed: "programme-closed", StepLocked: "step-locked"}


def wants_json(request: HttpRequest) -> bool:
    """True for calls by our scripts and API clients."""
    if "/api/" in request.path:
        return True
    return request.content_type == "application/json" or not request.accepts("text/html")


class GateMiddleware:
    """Turns `GateError` raised by any view into a response with its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a GateError; leave everything else alone."""
        if not isinstance(exception, GateError):
            return None
        word = WORDS[type(exception)]
        logger.info("gate: %s for user %s at %s", word, request.user.pk, request.path)
        if wants_json(request):
            return JsonResponse({"error": word}, status=exception.status)
        return render(request, "programmes/gate.html", {"gate": exception, "word": word}, status=exception.status)
