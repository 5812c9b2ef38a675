"""The JSON addresses that the exam page's script calls."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import JsonResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import SignedInRequest
from exams import actions, queries

logger = logging.getLogger(__name__)
MAX_BYTES = 64 * 1024
Api = Callable[..., JsonResponse]


def refuse(request: SignedInRequest, word: str, status: int, message: str = "", **more: Any) -> JsonResponse:
    """`{"error": word, "message": …}` with its status, logged."""
    logger.info("exams: %s (%s) for user %s at %s", word, status, request.user.pk, request.path)
    return JsonResponse({"error": word, "message": message, **more}, status=status)


def api(view: Api) -> Api:
    """Signed-in people, POST, JSON of a sane size; what is not theirs does not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, public_id: str) -> JsonResponse:
        if not request.user.is_authenticated:
            return refuse(request, "signed-out", 401, _("Sign in again in another tab; the answers wait here."))
        if request.content_type != "application/json":
            return refuse(request, "content-type", 415)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            return refuse(request, "too-large", 413)
        try:
            body = json.loads(request.body)
            if not isinstance(body, dict):
                raise TypeError
            return view(request, public_id, body)
        except queries.AttemptUnknown:
            return refuse(request, "attempt-unknown", 404)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            if isinstance(error, actions.AttemptClosed):
                return refuse(request, "closed", 409, _("This exam is handed in."))
            return refuse(request, "malformed", 400)

    return never_cache(require_POST(guarded))  # type: ignore[return-value]


@api
def answers(request: SignedInRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    """Save a batch: `{"epoch", "token", "answers": [{"seq", "position", "value"}]}` → which numbers are stored.

    409 with `error` "closed" or "elsewhere": kept as evidence, not counted.
    """
    epoch = whole(body["epoch"])
    if not queries.holds_pen(public_id, epoch, str(body["token"])):
        return refuse(request, "pen", 403)
    batch = [actions.Answer(whole(a["seq"]), whole(a["position"]), a["value"]) for a in body["answers"]]
    saved = actions.save_responses(by=request.user, attempt_id=public_id, epoch=epoch, answers=batch)
    stored = {
        "accepted": saved.accepted,
        "saved_at": localtime(saved.saved_at).strftime("%H:%M:%S"),
        "remaining": saved.remaining,
    }
    if saved.problem:
        words = {
            "closed": _("The time is over or the exam is handed in. What arrived in time counts."),
            "elsewhere": _("This exam was continued on another page or device. This page no longer saves."),
        }
        return refuse(request, saved.problem, 409, words[saved.problem], **stored)
    return JsonResponse(stored)


@api
def pen(request: SignedInRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    """Take the pen: this page saves from now on, others no longer.

    `answers` lists what counts so far as `[position, epoch, value]`, so that the page can tell which of the answers
    that it kept while it was away are newer (the rule is in static/js/exams-merge.js); `looked_at` is when that was.
    409 "elsewhere" from another device: its page asks first.
    """
    device = request.COOKIES.get("exam_device", "")
    try:
        attempt = actions.take_over(by=request.user, attempt_id=public_id, device=device, confirmed=False)
    except actions.OtherDevice:
        return refuse(request, "elsewhere", 409, _("This exam is open on another device. Open its page again."))
    newest = queries.newest_answers(attempt.pk)
    return JsonResponse(
        {
            "epoch": attempt.epoch,
            "token": queries.pen_token(public_id, attempt.epoch),
            "remaining": queries.remaining_seconds(attempt) if attempt.deadline else None,
            "answers": [[position, epoch, json.loads(text)] for position, epoch, text in newest],
            "looked_at": localtime().strftime("%H:%M:%S"),
        }
    )


def whole(value: Any) -> int:
    """A whole number. Raises ValueError for anything else, True and 1.0 included."""
    if type(value) is not int:
        raise ValueError(value)
    return value
