"""After the exam, under /admin/: item analysis, marking again, appeals."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.admin.charts import charts
from exams.admin.review import SEED
from exams.forms.regrading import AppealForm, RegradeForm
from exams.models import Appeal, ItemVersion, Paper, PaperMode, Regrade, Sample
from foundation.audit.actions import look
from foundation.audit.views import EVERYBODY

PAGE_SIZE = 50


def need(request: SignedInRequest, permission: str) -> None:
    """Raises PermissionDenied."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Exams that were sat, re-markings and open appeals: the way in."""
    need(request, "exams.view_paperanalysis")
    context: dict[str, Any] = {
        "papers": Paginator(queries.papers_sat(), PAGE_SIZE).get_page(request.GET.get("page")),
        "regrades": Regrade.objects.select_related("version").order_by("-pk")[:20],
        "appeals": list(queries.appeals().filter(decision=None)[:20]),
    }
    _looked_at(request, context["appeals"])
    return render(request, "exams/admin/afterwards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def analysis(request: SignedInRequest, paper_id: int) -> HttpResponse:
    """The kept item analysis with its charts; POST has it worked out again."""
    need(request, "exams.view_paperanalysis")
    paper = get_object_or_404(Paper, pk=paper_id, mode=PaperMode.EXAM)
    sample = request.POST.get("sample") or request.GET.get("sample") or Sample.FIRST
    if sample not in Sample.values:
        raise Http404
    if request.method == "POST":
        actions.request_analysis(by=request.user, paper=paper, sample=sample)
        messages.success(request, _("It is being worked out. Open the page again in a moment."))
        response = redirect("exams_admin:analysis", paper_id)
        response["Location"] += f"?sample={sample}"
        return response
    kept = queries.kept_analysis(paper, sample)
    context = {
        "paper": paper,
        "sample": sample,
        "samples": Sample.choices,
        "kept": kept,
        "found": kept.found if kept else None,
        "charts": charts(kept.found) if kept else None,
        "rows": _flagged(kept.found) if kept else [],
        "may_correct": request.user.has_perm("exams.add_regrade"),
    }
    return render(request, "exams/admin/analysis.html", context)


def _flagged(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The items with the reasons to look at them in words."""
    words = {
        "key_suspicious": _("the key looks wrong"),
        "distractor_for_the_strong": _("strong learners choose a wrong option"),
        "negative_discrimination": _("weak learners do better"),
        "too_easy": _("too easy"),
        "too_hard": _("too hard"),
        "weak_discrimination": _("hardly tells strong from weak"),
        "distractor_unused": _("an option nobody chooses"),
    }
    return [{**item, "words": [words[flag] for flag in item["flags"]]} for item in found["items"]]


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Say what is right instead; leads to what would change."""
    need(request, "exams.add_regrade")
    version = get_object_or_404(
        ItemVersion.objects.select_related("item", "key"), pk=version_id, frozen_at__isnull=False
    )
    form = RegradeForm(request.POST or None, version=version, key=queries.key_that_counts(version))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        fields = {name: data[name] for name in ("effect", "answer", "reason", "keep_passes")}
        made = actions.plan_regrade(by=request.user, version=version, **fields)
        return redirect("exams_admin:regrade", made.public_id)
    context = {"version": version, "form": form, "q": queries.question_view(version, SEED, 1, None, None)}
    return render(request, "exams/admin/correct.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def regrade(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What it would change, or has; POST decides."""
    need(request, "exams.add_regrade")
    found = get_object_or_404(Regrade.objects.select_related("version__item", "approved_by"), public_id=public_id)
    if request.method == "POST":
        decide(request, found)
        return redirect("exams_admin:regrade", public_id)
    look(by=request.user, page="exams.regrade", target=f"exams.Regrade:{found.pk}")
    summary = queries.regrade_summary(found)
    context = {
        "regrade": found,
        "q": queries.question_view(found.version, SEED, 1, None, None),
        "summary": summary,
        "page": Paginator(queries.regrade_lines(found), PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "exams/admin/regrade.html", context)


def decide(request: SignedInRequest, found: Regrade) -> None:
    """Carry it out or drop it, and say how it went."""
    by: Any = request.user
    try:
        if request.POST.get("do") == "commit":
            actions.commit_regrade(by=by, regrade=found)
            messages.success(request, _("It is being carried out; each learner it concerns gets a message."))
        else:
            actions.drop_regrade(by=by, regrade=found)
            messages.success(request, _("Dropped; nothing was changed."))
    except actions.RegradeRefused:
        messages.error(request, _("This was decided already, or is not worked out yet, or another one is under way."))


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The paper as it was, the answers, the keys, what arrived when; POST answers."""
    need(request, "exams.add_appealdecision")
    rows = Appeal.objects.select_related("decision", "attempt__paper", "attempt__enrolment__user")
    found = get_object_or_404(rows, public_id=public_id)
    file = queries.appeal_file(found)
    ids = [each.pk for each in file.regrades]
    form = AppealForm(request.POST or None, regrades=Regrade.objects.filter(pk__in=ids))
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_appeal(by=request.user, appeal=found, **form.cleaned_data)
            messages.success(request, _("Answered; the learner has a message."))
        except actions.AppealDecided:
            messages.error(request, _("It was answered in the meantime."))
        return redirect("exams_admin:appeal", public_id)
    whose = f"accounts.User:{found.attempt.enrolment.user_id}"
    look(by=request.user, page="exams.appeal", target=whose, details={"attempt": found.attempt_id})
    questions = list(zip(file.reviews, file.versions, strict=False))
    context = {
        "file": file,
        "appeal": found,
        "form": form,
        "questions": questions,
        "may": _may_correct(request),
        "may_remake": request.user.has_perm("exams.change_paper"),
    }
    return render(request, "exams/admin/appeal.html", context, status=400 if form.errors else 200)


def _may_correct(request: SignedInRequest) -> bool:
    return bool(request.user.has_perm("exams.add_regrade"))


@require_safe
def appeals(request: SignedInRequest) -> HttpResponse:
    """All appeals, those that wait first."""
    need(request, "exams.view_appeal")
    page = Paginator(queries.appeals(), PAGE_SIZE).get_page(request.GET.get("page"))
    _looked_at(request, list(page.object_list))
    return render(request, "exams/admin/appeals.html", {"page": page})


def _looked_at(request: SignedInRequest, rows: list[Appeal]) -> None:
    """Lists of appeals begin with the words of people."""
    if rows:
        look(by=request.user, page="exams.appeals", target=EVERYBODY, details={"appeals": len(rows)})
