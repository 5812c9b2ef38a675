"""What the public log was told of papers and scores, under /admin/, and whether it still holds."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SignedInRequest
from exams import actions
from exams.admin.afterwards import PAGE_SIZE, need
from exams.models import PaperAnchor, ScoringRun
from exams.queries import anchors


@require_safe
def public_log(request: SignedInRequest) -> HttpResponse:
    """Every entry of a paper, and the scoring runs, newest first."""
    need(request, "exams.view_paperanalysis")
    papers = PaperAnchor.objects.select_related("paper", "entry__place").order_by("-pk")
    runs = ScoringRun.objects.select_related("entry__place").defer("leaves").order_by("-number")
    context = {
        "papers": Paginator(papers, PAGE_SIZE).get_page(request.GET.get("page")),
        "runs": runs[:PAGE_SIZE],
    }
    return render(request, "exams/admin/public_log.html", context)


@require_POST
def check_paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """Compare one entry of a paper with the facts and with the log."""
    need(request, "exams.view_paperanalysis")
    row = get_object_or_404(PaperAnchor.objects.select_related("paper", "entry"), pk=pk)
    return _told(request, f"{row.paper.title} ({row.number})", anchors.check_paper(row), f"PaperAnchor:{pk}")


@require_POST
def check_run(request: SignedInRequest, pk: int) -> HttpResponse:
    """Compare the scores of one run with the facts and with the log."""
    need(request, "exams.view_paperanalysis")
    row = get_object_or_404(ScoringRun.objects.select_related("entry"), pk=pk)
    return _told(request, _("Scoring run %(n)s") % {"n": row.number}, anchors.check_run(row), f"ScoringRun:{pk}")


def _told(request: SignedInRequest, what: str, problems: list[anchors.Problem], target: str) -> HttpResponse:
    actions.note_check(by=request.user, what=target, problems=len(problems))
    if not problems:
        messages.success(request, _("%(what)s: everything is as the log was told.") % {"what": what})
    for word, about in problems[:20]:
        messages.error(request, f"{what}: {_words()[word]} ({about})")
    return redirect("exams_admin:public-log")


def _words() -> dict[str, str]:
    """What each problem means."""
    return {
        "record": _("the entry in the log commits to another record"),
        "log": _("the published log does not have the entry as it was made"),
        "items": _("the wording or the key of a question has changed"),
        "plan": _("what the paper draws has changed"),
        "marking": _("the rules of marking have changed"),
        "sitting": _("the rules of sitting have changed since; the log is told within the hour"),
        "root": _("the scores of the run do not lead to its root"),
        "missing": _("a score is gone"),
        "score": _("the answers or the score of an attempt have changed"),
    }
