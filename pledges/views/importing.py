"""Letters from a table: upload, preview, take over, undo."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from organisations.importers.lines import Unreadable
from pledges import actions, queries
from pledges.forms import ImportForm, say_reason, say_unreadable
from pledges.importers import HEADERS, template
from pledges.models import ImportRow, LetterImport, RowState

ROWS_A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not queries.import_units(request.user).exists():
        raise Http404
    return request.user


@require_http_methods(["GET", "POST"])
def import_letters(request: HttpRequest) -> HttpResponse:
    """Upload a table; below it what was imported before."""
    user = _user(request)
    units = queries.import_units(user)
    form = ImportForm(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            batch = actions.read_letters(
                by=user, organisation=given["unit"], file_name=given["file"].name, data=given["file"].read()
            )
        except Unreadable as wrong:
            form.add_error("file", say_unreadable(wrong.code))
        else:
            return redirect("pledges:import", batch.public_id)
    context = {
        "form": form,
        "batches": queries.imports_of(user)[:20],
        "keeps_systems": queries.system_units(user).exists(),
        "crumbs": [{"word": _("Letters from a table")}],
    }
    return render(request, "pledges/imports.html", context, status=400 if form.errors else 200)


@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    """The empty table with the national layout's columns."""
    _user(request)
    response = HttpResponse(template(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="letters.xlsx"'
    return response


@require_http_methods(["GET", "POST"])
def letter_import(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a file holds, row by row; POST decides about it."""
    user = _user(request)
    batch = get_object_or_404(queries.imports_of(user), public_id=public_id)
    refused = ""
    if request.method == "POST":
        try:
            _decide(user, batch, request.POST.get("do", ""))
        except actions.NotDecidable as wrong:
            refused = str(wrong)
        else:
            return redirect("pledges:import", batch.public_id)
    counts = queries.row_counts(batch)
    shown = request.GET.get("state", "")
    if shown not in RowState.values:
        shown = RowState.WRONG if counts.get(RowState.WRONG) else ""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    page = Paginator(rows.filter(state=shown) if shown else rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "refused": refused,
        "tabs": [(state, label, counts.get(state, 0)) for state, label in RowState.choices],
        "counts": {state: counts.get(state, 0) for state in RowState.values},
        "shown": shown,
        "page": page,
        "rows": [(row, [_said(reason) for reason in row.reasons]) for row in page],
        "crumbs": [
            {"word": _("Letters from a table"), "url": reverse("pledges:imports")},
            {"word": batch.file_name},
        ],
    }
    return render(request, "pledges/import.html", context, status=409 if refused else 200)


def _said(reason: list[str]) -> dict[str, Any]:
    name, cell, text = reason
    return {"header": HEADERS.get(name, name), "cell": cell, "text": say_reason(text)}


def _decide(user: User, batch: LetterImport, what: str) -> None:
    """Take over all, or the valid ones; or undo. Raises NotDecidable."""
    if what == "undo":
        actions.undo_import(by=user, batch=batch)
    elif what in ("all", "valid"):
        actions.take_import(by=user, batch=batch, only_valid=what == "valid")
    else:
        raise Http404
