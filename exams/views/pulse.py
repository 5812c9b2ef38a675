"""The address that an exam's page calls every half a minute, and when somebody leaves it or comes back."""

from typing import Any

from django.http import JsonResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.models import LockCause
from exams.views.saving import api, refuse, whole


@api
def pulse(request: SignedInRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    """A sign of life: `{"epoch", "token", "waiting", "events": [{"n", "kind", "seconds"}]}`.

    200 with `{"state", "remaining", "deadline", "message", "accepted"}`; `state` is "open", "locked", "closed" or
    "elsewhere". 403 for a page without the pen's token.
    """
    epoch = whole(body["epoch"])
    if not queries.holds_pen(public_id, epoch, str(body["token"])):
        return refuse(request, "pen", 403)
    events = [
        actions.Noticed(whole(event["n"]), str(event["kind"]), whole(event.get("seconds", 0)))
        for event in body.get("events", [])
    ]
    beat = actions.pulse(
        by=request.user, attempt_id=public_id, epoch=epoch, waiting=whole(body.get("waiting", 0)), events=events
    )
    return JsonResponse(
        {
            "state": beat.state,
            "remaining": beat.remaining,
            "deadline": localtime(beat.deadline).strftime("%H:%M:%S") if beat.deadline else None,
            "message": message_of(beat),
            "accepted": beat.accepted,
        }
    )


def message_of(beat: actions.Beat) -> str:
    """What the page tells the learner; empty if there is nothing to tell."""
    if beat.state == "closed":
        return _("The time is over or the exam is handed in. What arrived in time counts.")
    if beat.state == "elsewhere":
        return _("This exam was continued on another page or device. This page no longer saves.")
    if beat.state == "locked":
        return lock_message(beat.cause)
    if beat.warning == "limit":
        if beat.is_supervised:
            return _(
                "You have left this page more often or longer than allowed. It is recorded; the invigilator sees it."
            )
        return _("You have left this page more often or longer than allowed. It is recorded.")
    if beat.warning == "left" and beat.leave_count is not None:
        return _("You have left this page %(count)s times; %(limit)s times are allowed.") % {
            "count": beat.left_count,
            "limit": beat.leave_count,
        }
    if not beat.warning:
        return ""
    seen = beat.is_supervised
    return _("Leaving this page is recorded; the invigilator sees it.") if seen else _("Leaving this page is recorded.")


def lock_message(cause: str) -> str:
    """Why an exam is locked and what to do."""
    return {
        LockCause.LEAVING: _("The exam is locked: the page was left too often or too long. Ask the invigilator."),
        LockCause.DEVICE: _("The exam is locked: it was opened on another device. Ask the invigilator."),
    }.get(LockCause(cause), _("The invigilator has locked this exam. Ask the invigilator."))
