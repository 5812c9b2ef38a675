"""The frame's own views: reading preferences and the error pages."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt, requires_csrf_token
from django.views.decorators.http import require_POST

from cms.context import SIZES, THEMES, reading_preferences
from programmes.middleware import wants_json

logger = logging.getLogger(__name__)
CHOICES = {"theme": THEMES, "size": SIZES}
A_YEAR = 365 * 24 * 3600


# Without a token the frame would set a cookie on every public page, and in-app browsers that refuse cookies would
# meet an error page. All that a foreign site could do here is to change somebody's text size.
@csrf_exempt
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme or text size in a cookie and go back to the page. Unknown values are ignored."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, choices in CHOICES.items():
        value = request.POST.get(name)
        if value == "":
            response.delete_cookie(name, samesite="Lax")
        elif value in choices:
            response.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent could not be understood. 413: it was larger than the limit."""
    status, word = (413, "too-large") if isinstance(exception, RequestDataTooBig) else (400, "bad-request")
    logger.info("%s (%s) at %s", word, status, request.path)
    if wants_json(request):
        return JsonResponse({"error": word}, status=status)
    return render(request, "413.html" if status == 413 else "400.html", status=status)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but not for this."""
    return render(request, "403.html", status=403)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old, or cookies are switched off."""
    logger.info("csrf: %s at %s", reason, request.path)
    return render(request, "403_csrf.html", status=403)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or not for this reader. The page does not say which."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without context processors, session or database, any of which may be what failed."""
    return HttpResponse(render_to_string("500.html", {"shell": reading_preferences(request)}), status=500)
