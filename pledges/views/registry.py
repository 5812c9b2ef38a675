"""The public list of letters: found, counted, taken along as a table."""

import csv
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges import queries
from pledges.forms import RegistryForm, may_search
from pledges.models import Audience, UnitKind
from pledges.pdf import address_of
from pledges.queries import Found

# What makes a spreadsheet calculate (OWASP ASVS 1.2.10), the full-width forms of Chinese keyboards too.
FORMULA_SIGNS = ("=", "+", "-", "@", "|", "\t", "\r", "\0", "＝", "＋", "－", "＠")
BUSY, TOO_BROAD = 429, 503


@dataclass(frozen=True, slots=True)
class Asked:
    """The form, the page that the address asks for, and a status other than 200 where there is none."""

    form: RegistryForm
    found: Found
    status: int = 200


def asked(request: HttpRequest) -> Asked:
    """Look for what the query string says. Searching has a limit for each address; looking at the list has none."""
    form = RegistryForm(request.GET)
    choice, cursor = form.choice, request.GET.get("cursor", "")[:200]
    if (choice.text or cursor) and not may_search(request):
        return Asked(form, Found(), BUSY)
    try:
        return Asked(form, queries.find(choice, cursor=cursor))
    except queries.TooBroad:
        return Asked(form, Found(), TOO_BROAD)


def query_without_cursor(request: HttpRequest) -> str:
    """The filters as they stand in the address."""
    given = request.GET.copy()
    given.pop("cursor", None)
    return given.urlencode()


@require_safe
def registry(request: HttpRequest) -> HttpResponse:
    """Published letters, newest first, with filters in the address."""
    told = asked(request)
    told.form.offer_years(told.found.years)
    context = {
        "form": told.form,
        "found": told.found,
        "status": told.status,
        "query": query_without_cursor(request),
        "whole_query": request.GET.urlencode(),
        "has_filters": not told.form.choice.is_empty,
        "most_pages": queries.MOST_PAGES,
        "crumbs": [{"word": _("Commitment letters")}],
    }
    return render(request, "pledges/registry.html", context, status=told.status)


@require_safe
def registry_csv(request: HttpRequest) -> HttpResponse:
    """The same page of the list as a table file (UTF-8 with mark, so that spreadsheets read the Chinese)."""
    told = asked(request)
    if told.status != 200:
        return HttpResponse(status=told.status)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="letters.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            _("Pledged by"), _("Unit"), _("Unified social credit code"), _("Letter"), _("Pledge type"),
            _("Pledge code"), _("Accepting unit"), _("Made on"), _("Valid until"), _("Signed how"), _("State"),
            _("Address"),
        ]
    )  # fmt: skip
    for row in told.found.rows:
        cells = [
            row.name, row.unit, row.uscc, row.title, row.get_pledge_type_display(), f"\t{row.code}", row.office,
            row.made_on, row.valid_until or "", row.get_level_display(), row.get_state_display(),
            address_of(row.public_id),
        ]  # fmt: skip
        writer.writerow([harmless(cell) for cell in cells])
    return response


def harmless(cell: Any) -> Any:
    """A cell that a spreadsheet will not run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a drawing: its name, its number, its length in per cent of the longest."""

    name: Any
    value: int
    percent: int
    key: str = ""


def bars(values: list[tuple[Any, int, str]]) -> list[Bar]:
    """Bars of one drawing, in the given order."""
    longest = max((value for _name, value, _key in values), default=0) or 1
    return [Bar(name, value, round(100 * value / longest), key) for name, value, key in values]


@require_safe
def registry_figures(request: HttpRequest) -> HttpResponse:
    """How many letters of which kind were published in which month, and how many promises a school's pupils made."""
    told = queries.figures()
    kinds = [(Audience(kind).label, told.of(kind), kind) for kind in told.kinds]
    units = [(UnitKind(kind).label, told.of_unit(kind), kind) for kind in told.unit_kinds]
    context = {
        "figures": told,
        "kinds": bars(sorted(kinds, key=lambda one: -one[1])),
        "months": bars([(month, *_month_total(told, month)) for month in told.months]),
        "table": [(month, [told.cells.get((month, kind), 0) for kind in told.kinds]) for month in told.months],
        "kind_names": [Audience(kind).label for kind in told.kinds],
        "units": bars(sorted(units, key=lambda one: -one[1])),
        "unit_table": [
            (month, [told.unit_cells.get((month, kind), 0) for kind in told.unit_kinds]) for month in told.months
        ],
        "unit_names": [UnitKind(kind).label for kind in told.unit_kinds],
        "schools": bars([(name, n, "") for name, n in told.schools]),
        "total": queries.letters_public(),
        "crumbs": [
            {"word": _("Commitment letters"), "url": reverse("pledges:registry")},
            {"word": _("Letters in figures")},
        ],
    }
    return render(request, "pledges/figures.html", context)


def _month_total(told: queries.Figures, month: date) -> tuple[int, str]:
    """What is told of a month, and "few" if it had letters but of no kind enough: nought would be wrong."""
    cells = [n for (when, _kind), n in told.cells.items() if when == month]
    total = sum(n or 0 for n in cells)
    return total, "few" if cells and not total else ""
