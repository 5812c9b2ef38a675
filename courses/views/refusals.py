"""How this app says no: a page for people, JSON for scripts, both with the right status and a line in the log."""

import json
import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

MESSAGES = {
    "not-in-lesson": _("This lesson has been changed since you opened it. Please load the page again."),
    "check-in-required": _("Please check in first: the button is at the top of the lesson."),
    "film-not-played": _("Please play the film to its end first."),
    "too-fast": _("More was reported than can have been played."),
    "bad-request": _("The site could not read what was sent."),
    "session-full": _("All places are taken."),
    "session-closed": _("Sign-up for this session is closed."),
    "not-signed-up": _("You are not signed up for this session."),
    "code-expired": _("This code has run out. Please scan the code on the screen again."),
    "already-evaluated": _("You have already evaluated this course. Thank you."),
    "course-not-complete": _("You can evaluate a course once you have finished it."),
    "wrong-offset": _("This piece does not continue where the upload stands."),
    "piece-damaged": _("This piece arrived damaged. Please send it again."),
    "too-large": _("The file is larger than this site accepts."),
    "wrong-type": _("This is not a video or audio file that browsers can play."),
    "forbidden": _("You are not allowed to do this."),
}


class BadBody(ValueError):
    """The body is not what this address expects."""


def is_json(request: HttpRequest) -> bool:
    """True for calls by our scripts."""
    return request.content_type == "application/json" or not request.accepts("text/html")


def refuse(request: HttpRequest, word: str, status: int, **extra: Any) -> HttpResponse:
    """Answer with `status` and the message of `word`."""
    logger.info("courses: %s (%s) for user %s at %s", word, status, request.user.pk, request.path)
    if is_json(request):
        return JsonResponse({"error": word, "message": str(MESSAGES[word]), **extra}, status=status)
    return render(request, "courses/refused.html", {"message": MESSAGES[word]}, status=status)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object or the form fields that were sent. Raises BadBody."""
    if request.content_type != "application/json":
        return {key: request.POST.get(key) for key in request.POST}
    try:
        body = json.loads(request.body)
    except (ValueError, UnicodeDecodeError) as error:
        raise BadBody(str(error)) from None
    if not isinstance(body, dict):
        raise BadBody("not an object")
    return body
