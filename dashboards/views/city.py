"""All units at once, for the credit office; for everybody else who leads units, theirs. No ranking, no score."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import SignedInRequest
from dashboards import queries
from dashboards.views.shown import page_of
from dashboards.views.units import as_excel, unit_rows
from foundation.workbook import workbook


def choice_of(request: SignedInRequest) -> queries.CityChoice:
    """What the address says; nonsense is left out."""
    group = request.GET.get("group", "kind")
    return queries.CityChoice(
        programme=request.GET.get("programme", ""),
        group=group if group in queries.GROUPINGS else "kind",
        kind=request.GET.get("kind", ""),
        district=request.GET.get("district", ""),
        page=page_of(request),
    )


def _seen(request: SignedInRequest) -> tuple[queries.CityChoice, queries.CityView]:
    choice = choice_of(request)
    view = queries.city(request.user, choice, timezone.localdate())
    if view is None:
        raise Http404
    return choice, view


@require_safe
@never_cache
@login_required
def city(request: SignedInRequest) -> HttpResponse:
    """How all units stand."""
    choice, view = _seen(request)
    kept = {"programme": view.programme.slug if view.programme else "", "group": choice.group}
    filters = {"kind": choice.kind, "district": choice.district}
    context: dict[str, Any] = {
        "view": view,
        "choice": choice,
        "query": urlencode({k: v for k, v in {**kept, **filters}.items() if v}),
        "unfiltered": urlencode({k: v for k, v in kept.items() if v}),
        "of_programme": urlencode({"programme": kept["programme"]} if kept["programme"] else {}),
        "crumbs": [{"word": _("Workplace"), "url": reverse("dashboards:start")}, {"word": _("All units"), "url": ""}],
    }
    return render(request, "dashboards/city.html", context)


@require_safe
@never_cache
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """Both tables as a workbook. There is nobody's name in it."""
    _choice, view = _seen(request)
    total = [view.total]
    sheets = [
        (_("Overview"), unit_rows([*view.groups, *total], view.steps)),
        (_("Units"), unit_rows([*view.all_units, *total], view.steps)),
    ]
    return as_excel(workbook(sheets), f"{view.programme.slug if view.programme else 'units'}-all")
