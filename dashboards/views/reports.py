"""Reports for leaders: asked for on a form, seen and taken by who asked, and by nobody else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SignedInRequest
from dashboards import actions, queries
from dashboards.forms import ReportForm
from dashboards.models import Report, ReportState

PAGE_SIZE = 20
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
UNDER_WAY = (ReportState.WAITING, ReportState.WORKING)


def _crumbs(word: str = "") -> list[dict[str, str]]:
    start = {"word": _("Workplace"), "url": reverse("dashboards:start")}
    every = {"word": _("Reports"), "url": reverse("dashboards:reports") if word else ""}
    return [start, every, *([{"word": word, "url": ""}] if word else [])]


@require_safe
@never_cache
@login_required
def reports(request: SignedInRequest) -> HttpResponse:
    """One's own reports, newest first. Who leads nothing finds nothing."""
    page = Paginator(queries.reports_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    if not page.paginator.count and not queries.watched_by(request.user).exists():
        raise Http404
    context = {"page": page, "is_working": any(row.state in UNDER_WAY for row in page), "crumbs": _crumbs()}
    return render(request, "dashboards/reports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def new_report(request: SignedInRequest, code: str) -> HttpResponse:
    """Say what the report is about; it is written in the background."""
    unit = queries.watched_by(request.user).filter(code=code).first()
    if unit is None:
        raise Http404
    form = ReportForm(request.POST or None, unit=unit, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        report = actions.ask_report(by=request.user, unit=unit, **form.asked())
        return redirect("dashboards:report", report.public_id)
    context = {"form": form, "unit": unit, "crumbs": _crumbs(unit.name)}
    return render(request, "dashboards/report_new.html", context)


def _own(request: SignedInRequest, public_id: str) -> Report:
    return get_object_or_404(queries.reports_of(request.user), public_id=public_id)


@require_safe
@never_cache
@login_required
def report(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far it is; the files when they are there."""
    found = _own(request, public_id)
    context = {
        "report": found,
        "parts": actions.PARTS,
        "is_working": found.state in UNDER_WAY,
        "kept_until": actions.kept_until(found),
        "crumbs": _crumbs(found.title),
    }
    return render(request, "dashboards/report.html", context)


@require_safe
@never_cache
@login_required
def report_file(request: SignedInRequest, public_id: str, kind: str) -> FileResponse:
    """One of the files, to who asked for it."""
    found = _own(request, public_id)
    if kind not in KINDS or not (found.pdf if kind == "pdf" else found.docx):
        raise Http404
    opened = actions.take_report(by=request.user, report=found, kind=kind)
    return FileResponse(opened, as_attachment=True, filename=f"{found.title}.{kind}", content_type=KINDS[kind])


@require_POST
@login_required
def discard(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Put a report away before its time."""
    actions.discard_reports(by=request.user, reports=[_own(request, public_id)])
    messages.success(request, _("The report and its files are gone."))
    return redirect("dashboards:reports")
