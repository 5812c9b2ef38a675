"""The office decides about erasures; auditors read what is kept how long, and the yearly report about minors."""

import csv

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from accounts.models import SignedInRequest
from foundation.audit.actions import look
from foundation.audit.views import EVERYBODY
from privacy import actions, queries
from privacy.models import DataRequest, RequestKind, RequestState

FIRST_YEAR = 2026


def _require(request: SignedInRequest, *permissions: str) -> None:
    """Raises PermissionDenied unless the person holds one of them."""
    if not any(request.user.has_perm(name) for name in permissions):
        raise PermissionDenied


@require_safe
def erasures(request: SignedInRequest) -> HttpResponse:
    """Requests for erasure: those that wait first, then those decided."""
    _require(request, "privacy.decide_erasure")
    state = request.GET.get("state", RequestState.WAITING)
    found = queries.erasures(state if state in RequestState.values else RequestState.WAITING)
    page = Paginator(found, 50).get_page(request.GET.get("p"))
    rows = [(asked, queries.holds_of(asked.user) if asked.state == RequestState.WAITING else []) for asked in page]
    if rows:
        look(by=request.user, page="privacy.erasures", target=EVERYBODY, details={"requests": len(rows)})
    context = {"page": page, "rows": rows, "state": state, "states": RequestState.choices}
    return render(request, "privacy/admin/erasures.html", context)


@require_POST
def decide(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Erase, or refuse with a reason."""
    _require(request, "privacy.decide_erasure")
    asked = get_object_or_404(DataRequest.objects.select_related("user"), public_id=public_id, kind=RequestKind.ERASURE)
    reason = request.POST.get("reason", "").strip()
    try:
        if request.POST.get("do") == "erase":
            actions.grant_erasure(by=request.user, asked=asked)
            messages.success(request, _("Erased. What remains names nobody."))
        elif not reason:
            messages.error(request, _("Say why: the person reads it."))
        else:
            actions.refuse_erasure(by=request.user, asked=asked, reason=reason)
            messages.success(request, _("Refused; the person has been told."))
    except (actions.NotWaiting, actions.Held) as refusal:
        messages.error(request, str(refusal))
    return redirect("data_erasures")


@require_safe
def retention(request: SignedInRequest) -> HttpResponse:
    """How long what is kept, and what the next night forgets."""
    _require(request, "audit.view_entry", "privacy.decide_erasure")
    return render(request, "privacy/admin/retention.html", {"rows": queries.due(timezone.now())})


@require_safe
def minors(request: SignedInRequest) -> HttpResponse:
    """The yearly report about data of minors, to read, print or take along as CSV."""
    _require(request, "audit.view_entry", "privacy.view_minors")
    today = timezone.localdate()
    years = range(today.year, FIRST_YEAR - 1, -1)
    year = int(request.GET["year"]) if request.GET.get("year", "").isdigit() else today.year
    if year not in years:
        year = today.year
    sections = queries.minors_report(year)
    if request.GET.get("format") == "csv":
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="minors-{year}.csv"'
        writer = csv.writer(response)
        writer.writerow([_("Section"), _("Figure"), _("Number")])
        writer.writerows([title, label, number] for title, rows in sections for label, number in rows)
        return response
    return render(request, "privacy/admin/minors.html", {"year": year, "years": years, "sections": sections})
