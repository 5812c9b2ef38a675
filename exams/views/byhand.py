"""The markers' pages: the queue, one answer at a time, what is typed is kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.views.base import View

MAY = "exams.mark_answers"


def for_markers(view: View) -> View:
    """For signed-in people who may mark; never stored."""
    return never_cache(login_required(permission_required(MAY, raise_exception=True)(view)))


@for_markers
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: SignedInRequest) -> HttpResponse:
    """How far the marking is; POST leads to the next answer."""
    if request.method == "POST":
        return next_answer(request)
    rows = queries.marking_progress(request.user)
    context = {
        "rows": rows,
        "waiting": sum(row.waiting for row in rows),
        "crumbs": [{"word": _("Drills and exams"), "url": reverse("exams:index")}, {"word": _("Marking"), "url": ""}],
    }
    return render(request, "exams/marking.html", context)


def next_answer(request: SignedInRequest) -> HttpResponse:
    """To the next answer, or back to the queue if nothing waits."""
    task = actions.claim_next(by=request.user)
    if task is None:
        messages.info(request, _("Nothing waits for you at the moment."))
        return redirect("exams:marking")
    return redirect("exams:mark", task.public_id)


@for_markers
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One answer with its rubric; POST gives the mark and goes on to the next."""
    status, points, comment = 200, "", ""
    if request.method == "POST":
        points, comment = request.POST.get("points", ""), request.POST.get("comment", "")
        try:
            actions.give_mark(by=request.user, task_id=public_id, points=points, comment=comment)
            return next_answer(request)
        except actions.BadPoints:
            status = 400
        except queries.TaskUnknown:
            pass
    try:
        task = queries.task_view(request.user, public_id)
    except queries.TaskUnknown:
        messages.info(request, _("That answer is marked already. Here is the next one."))
        return next_answer(request)
    context = {
        "task": task,
        "points": points or task.draft_points,
        "comment": comment or task.draft_comment,
        "is_bad": status == 400,
        "waiting": queries.waiting_count(request.user),
        "crumbs": [{"word": _("Marking"), "url": reverse("exams:marking")}, {"word": task.paper, "url": ""}],
    }
    return render(request, "exams/mark.html", context, status=status)


@for_markers
@require_POST
def draft(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Keep what is typed so far: 204, or 404 if the answer does not wait for this marker."""
    points, comment = request.POST.get("points", ""), request.POST.get("comment", "")
    try:
        actions.save_draft(by=request.user, task_id=public_id, points=points, comment=comment)
    except queries.TaskUnknown:
        return JsonResponse({"error": "task-unknown", "message": _("That answer is marked already.")}, status=404)
    return HttpResponse(status=204)


@require_safe
@login_required
@cache_control(private=True, max_age=3600)
def picture(request: SignedInRequest, public_id: str, picture_id: str, token: str) -> FileResponse:
    """A picture that the server showed this marker with an answer that waits for them; anything else does not exist."""
    if not request.user.has_perm(MAY):
        raise Http404
    try:
        found = queries.task_picture(request.user, public_id, picture_id, token)
    except queries.TaskUnknown:
        raise Http404 from None
    return FileResponse(found.file.open("rb"), content_type=found.media_type)
