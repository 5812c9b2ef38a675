"""What stands before an exam: the invigilator's code, Safe Exam Browser, the device, the lock."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.models import Attempt
from exams.views.base import private, problem
from exams.views.pulse import lock_message
from foundation.identifiers import random_code

DEVICE_COOKIE, DEVICE_DAYS = "exam_device", 60
CODE_TRIES, CODE_SECONDS = 10, 600


def device_of(request: HttpRequest) -> str:
    """The random mark of this browser; empty if it has none yet."""
    mark = request.COOKIES.get(DEVICE_COOKIE, "")
    return mark if mark.isalnum() and mark.isascii() and len(mark) == 16 else ""


def marked(response: HttpResponse, device: str) -> HttpResponse:
    """Let the browser keep its mark. It says nothing about the person or the machine and is read only by exams."""
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=DEVICE_DAYS * 86400,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def arrival_of(request: SignedInRequest) -> actions.Arrival:
    """What this request brings who wants to begin."""
    code = request.POST.get("code", "")[:20]
    return actions.Arrival(code, device_of(request) or random_code(16), seb_proof(request))


def seb_proof(request: HttpRequest) -> queries.SebProof:
    """What Safe Exam Browser sent."""
    return queries.SebProof(
        request.build_absolute_uri(),
        request.headers.get("X-SafeExamBrowser-ConfigKeyHash", ""),
        request.headers.get("X-SafeExamBrowser-RequestHash", ""),
    )


def may_try_code(request: SignedInRequest) -> bool:
    """False after ten wrong codes in ten minutes."""
    return int(cache.get(_tries(request), 0)) < CODE_TRIES


def wrong_code(request: SignedInRequest) -> None:
    """Count a wrong code."""
    if not cache.add(_tries(request), 1, CODE_SECONDS):
        try:
            cache.incr(_tries(request))
        except ValueError:  # it ran out in the meantime
            cache.add(_tries(request), 1, CODE_SECONDS)


def _tries(request: SignedInRequest) -> str:
    return f"exams:code:{request.user.pk}"


def barrier(request: SignedInRequest, found: Attempt) -> HttpResponse | None:
    """What keeps this page from the questions of an exam; None if nothing does."""
    if not queries.seb_allows(queries.sitting_rules(found.paper), seb_proof(request)):
        return problem(request, "seb", 403, step=found.step)
    if request.method == "POST":  # answers are stored whatever happened since the page was drawn
        return None
    context = {"attempt": found, "is_pupil": found.enrolment.programme.is_for_pupils}
    if found.locked_at:
        context["message"] = lock_message(found.locked_for)
        return render(request, "exams/locked.html", context, status=403)
    if found.device and device_of(request) != found.device:
        context["is_supervised"] = queries.is_supervised(found)
        context["locks"] = context["is_supervised"] and queries.sitting_rules(found.paper).lock_on_take_over
        return render(request, "exams/elsewhere.html", context, status=409)
    return None


@require_POST
@private
def go_on(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Go on with an exam on this device, after having been asked."""
    device = device_of(request) or random_code(16)
    try:
        actions.take_over(by=request.user, attempt_id=public_id, device=device)
    except actions.AttemptClosed:
        return redirect("exams:result", public_id)
    return marked(redirect("exams:attempt", public_id), device)


@require_safe
def seb_config(request: HttpRequest) -> HttpResponse:
    """The file of settings that starts Safe Exam Browser with this site. It holds nothing secret."""
    headers = {"Content-Disposition": 'attachment; filename="exam.seb"'}
    return HttpResponse(queries.seb_file(), content_type="application/seb", headers=headers)


@require_safe
def seb_quit(request: HttpRequest) -> HttpResponse:
    """Safe Exam Browser ends when it comes to this address; another browser shows what to do."""
    return render(request, "exams/seb_quit.html")
