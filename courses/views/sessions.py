"""Training sessions: the learner chooses a date, the organiser records who was there."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import SignedInRequest
from courses import actions, steps
from courses.models import AttendanceMethod, TrainingSession
from courses.queries import sessions as queries
from courses.views.refusals import refuse


def session_entry(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """The dates that count for a step."""
    opened = steps.enter_session_step(user=request.user, step_public_id=step_public_id, reading=True)
    views = queries.session_views(step_id=opened.step.pk, enrolment_id=opened.enrolment.pk)
    context = {"opened": opened, "step": opened.step, "views": views}
    return render(request, "courses/sessions.html", context)


@login_required
@require_POST
def sign_up(request: SignedInRequest, step_public_id: str, session_id: str) -> HttpResponse:
    """Take a place."""
    return _with_place(request, step_public_id, session_id, actions.sign_up)


@login_required
@require_POST
def cancel(request: SignedInRequest, step_public_id: str, session_id: str) -> HttpResponse:
    """Give it back."""
    return _with_place(request, step_public_id, session_id, actions.cancel_sign_up)


def _with_place(
    request: SignedInRequest, step_public_id: str, session_id: str, verb: Callable[..., Any]
) -> HttpResponse:
    """Pass the gate, find the session among those of the step, act."""
    opened = steps.enter_session_step(user=request.user, step_public_id=step_public_id)
    session = get_object_or_404(queries.sessions_of_step(opened.step.pk), public_id=session_id)
    try:
        verb(enrolment=opened.enrolment, session=session)
    except actions.SessionFull:
        return refuse(request, "session-full", 409)
    except actions.SessionClosed:
        return refuse(request, "session-closed", 409)
    except actions.NotSignedUp:
        return refuse(request, "not-signed-up", 409)
    return redirect("courses:step", step_public_id)


@login_required
@require_http_methods(["GET", "POST"])
def attendance(request: SignedInRequest, session_id: str) -> HttpResponse:
    """The list to tick, for the organiser and those who lead the organising unit."""
    session = _organised_or_403(request, session_id)
    if request.method == "POST":
        try:
            actions.mark_attendance(
                by=request.user,
                session=session,
                guest=request.POST.get("guest", "").replace("\0", ""),
                is_there=request.POST.get("there") == "1",
            )
        except actions.NotSignedUp:
            return refuse(request, "not-signed-up", 409)
        except actions.SessionClosed:
            return refuse(request, "session-closed", 409)
        return redirect("courses:attendance", session_id)
    guests = queries.guests_of(session)
    context = {"session": session, "guests": guests, "there": sum(guest.attended for guest in guests)}
    return render(request, "courses/attendance.html", context)


@login_required
@never_cache
@require_GET
def screen(request: SignedInRequest, session_id: str) -> HttpResponse:
    """The code for the big screen: a new one every half minute, without script."""
    session = _organised_or_403(request, session_id)
    address = reverse("courses:check-in-session", args=[session_id])
    url = request.build_absolute_uri(f"{address}?c={queries.screen_code(session)}")
    response = render(request, "courses/screen.html", {"session": session, "url": url})
    response["Refresh"] = str(queries.CODE_SECONDS)
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def check_in(request: SignedInRequest, session_id: str) -> HttpResponse:
    """Reached by the code on the screen: one button, then the step is complete."""
    session = get_object_or_404(TrainingSession, public_id=session_id)
    opened = steps.enter_session(user=request.user, session=session)
    if request.method == "GET":
        if not queries.screen_code_is_fresh(session, request.GET.get("c", "")):
            return refuse(request, "code-expired", 403)
        context = {"session": session, "ticket": queries.ticket(session, request.user)}
        return render(request, "courses/check_in.html", context)
    if not queries.ticket_is_valid(session, request.user, request.POST.get("ticket", "")):
        return refuse(request, "code-expired", 403)
    try:
        actions.record_attendance(
            by=request.user, session=session, enrolment=opened.enrolment, method=AttendanceMethod.CODE
        )
    except actions.SessionClosed:
        return refuse(request, "session-closed", 409)
    return redirect("courses:step", opened.step.public_id)


def _organised_or_403(request: SignedInRequest, session_id: str) -> TrainingSession:
    """The session. Raises Http404 or PermissionDenied."""
    session = get_object_or_404(TrainingSession, public_id=session_id)
    if not queries.may_organise(request.user, session):
        raise PermissionDenied(session_id)
    return session
