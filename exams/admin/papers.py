"""Papers under /admin/: begin one from a format, look at what it draws, publish it, and remake one for an appeal."""

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest
from exams import actions, queries, steps
from exams.admin import feasibility
from exams.forms.papers import NewPaperForm, PresetForm, SectionFormSet, begin, chosen, filled
from exams.models import Attempt, Paper, PaperMode, PaperState
from exams.sampling import CannotFill


def _allow(request: SignedInRequest, right: str) -> None:
    if not request.user.has_perm(right):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the paper draws and whether the bank can fill it; POST publishes, withdraws or copies it."""
    _allow(request, "exams.change_paper")
    found = get_object_or_404(Paper.objects.select_related("blueprint"), pk=pk)
    if request.method == "POST":
        return _move(request, found)
    plan = queries.plan_for(found)
    check = queries.check_plan(plan, mode=found.mode)
    shown = {
        "paper": found,
        "sections": queries.sections_in_words(plan, check),
        "fixed": len(plan["fixed"]),
        "without": len(plan["without_items"]) + len(plan["without_points"]),
        "check": check,
        "reasons": feasibility.reasons(check),
        "is_draft": found.state == PaperState.DRAFT,
        "attempts": Attempt.objects.filter(paper=found).count(),
    }
    if found.mode == PaperMode.EXAM:
        shown["arranged"] = queries.arranged_for(found)
    if found.mode == PaperMode.EXAM and found.state == PaperState.PUBLISHED:
        shown |= {"wanted": steps.papers_wanted(found), "stock": queries.stock_of(found)}
    if found.mode == PaperMode.EXAM and "preview" in request.GET and not shown["reasons"]:
        try:
            shown["preview"] = queries.preview_of(plan)
        except CannotFill:
            messages.warning(request, _("The bank has changed just now; try again."))
    return render(request, "exams/admin/paper.html", shown)


def _move(request: SignedInRequest, found: Paper) -> HttpResponseRedirect:
    """Do what the button says and tell how it went."""
    by: Any = request.user
    try:
        match request.POST.get("do", ""):
            case "publish":
                actions.publish_paper(by=by, paper=found)
                messages.success(request, _("Published. Papers are being drawn beforehand."))
            case "withdraw":
                actions.withdraw_paper(by=by, paper=found)
                messages.success(request, _("It is a draft again."))
            case "copy":
                _allow(request, "exams.add_paper")
                title, slug = request.POST.get("title", "").strip(), request.POST.get("slug", "").strip()
                found = actions.copy_paper(by=by, paper=found, slug=slug, title=title)
                messages.success(request, _("Copied. The copy is a draft."))
            case _:
                messages.error(request, _("Nothing was done."))
    except actions.NotFeasible as refused:
        for reason in feasibility.reasons(refused.check):
            messages.error(request, reason)
    except actions.PaperInUse:
        messages.error(request, _("Somebody has sat it or an open programme asks for it. Copy it and change the copy."))
    except actions.NotDraft:
        messages.error(request, _("The paper has moved on in the meantime."))
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    return redirect("exams_admin:paper", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def new_paper(request: SignedInRequest) -> HttpResponse:
    """Choose a format and a bank, adjust, see at once whether the bank can fill it, and store it as a draft."""
    _allow(request, "exams.add_paper")
    if request.method == "POST":
        return _store(request)
    start = chosen(request.GET)
    if start is None:
        return render(request, "exams/admin/new_paper.html", {"preset_form": PresetForm(request.GET or None)})
    fields, sections = begin(*start)
    form = NewPaperForm(initial=fields)
    formset = SectionFormSet(initial=sections, prefix="sections")
    return _adjust(request, form, formset, start)


def _adjust(request: SignedInRequest, form: Any, formset: Any, start: Any) -> HttpResponse:
    data = request.POST if request.method == "POST" else _as_posted(formset)
    shown = {"form": form, "formset": formset, "start": start, **feasibility.context(data)}
    return render(request, "exams/admin/new_paper.html", shown)


def _as_posted(formset: Any) -> dict[str, str]:
    """The first values of a formset, as the browser would send them."""
    data = {"sections-TOTAL_FORMS": str(len(formset.forms))}
    for n, row in enumerate(formset.initial or []):
        data |= {f"sections-{n}-{name}": str(value) for name, value in row.items()}
    return data


def _store(request: SignedInRequest) -> HttpResponse:
    form, formset = NewPaperForm(request.POST), SectionFormSet(request.POST, prefix="sections")
    is_valid = form.is_valid() and formset.is_valid()
    if request.POST.get("do") == "check" or not is_valid:
        return _adjust(request, form, formset, None)
    rows = [{k: v for k, v in each.cleaned_data.items() if k != "DELETE"} for each in filled(formset)]
    try:
        made = actions.create_paper(by=request.user, sections=rows, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)  # type: ignore[arg-type]
        return _adjust(request, form, formset, None)
    messages.success(request, _("Stored as a draft. Look at the preview, then publish it."))
    return redirect("exams_admin:paper", made.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remake(request: SignedInRequest) -> HttpResponse:
    """The paper of one attempt exactly as it was: the versions that were asked, everything in the same order.

    POST, because the reason is written into the audit log before anything is shown.
    """
    _allow(request, "exams.change_paper")
    shown: dict[str, Any] = {"code": request.POST.get("code", request.GET.get("code", "")).strip().upper()}
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()[:200]
        found = Attempt.objects.filter(public_id=shown["code"]).select_related("paper", "enrolment__user").first()
        shown |= {"reason": reason, "is_unknown": found is None, "lacks_reason": not reason}
        if found is not None and reason:
            actions.remake_paper(by=request.user, attempt=found, reason=reason)
            shown |= {
                "attempt": found,
                "questions": queries.questions_of(found, {}, owner=""),
                "digest": _digest(found),
            }
    return render(request, "exams/admin/remake.html", shown)


def _digest(attempt: Attempt) -> str:
    """SHA-256 over seed and drawn versions: two printouts with the same one are the same paper."""
    text = json.dumps([attempt.seed, attempt.drawn], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
