"""Figures of an exam for those who lead units: rates, and who has not passed yet. Scores only with a right, logged."""

import csv
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from openpyxl import Workbook

from accounts.models import SignedInRequest
from exams import queries, steps
from foundation.audit.actions import look

PAGE_SIZE = 50
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@require_safe
@never_cache
@login_required
def units(request: SignedInRequest) -> HttpResponse:
    """The exams of one's units. Nothing to find for everybody else."""
    seen = queries.units_seen_by(request.user)
    tops = queries.highest(seen)
    if not tops:
        raise Http404
    page = Paginator(steps.exam_steps(seen), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "tops": tops, "crumbs": [{"word": _("Exams of my units"), "url": ""}]}
    return render(request, "exams/units.html", context)


@require_safe
@never_cache
@login_required
def unit(request: SignedInRequest, step_public_id: str, code: str) -> HttpResponse:
    """One exam in one unit, or the same as a table to keep (`?as=csv`, `?as=xlsx`)."""
    found = queries.may_see(request.user, code)
    step = steps.papers_steps().filter(public_id=step_public_id, kind="exam").select_related("programme").first()
    paper = steps.paper_of(step) if step else None
    if found is None or step is None or paper is None:
        raise Http404
    people, done = steps.people_of(step), steps.done_in(step)
    figures = queries.rates_of(found, people=people, done=done, step_id=step.pk, excellence=paper.excellence_mark)
    sees_scores = request.user.has_perm("exams.view_scores")
    waiting = queries.not_yet(found, people=people, done=done, step_id=step.pk)
    kind = request.GET.get("as", "")
    is_file = kind in ("csv", "xlsx")
    if sees_scores or is_file:
        what = {"unit": found.code, "scores": sees_scores, "file": kind if is_file else ""}
        look(by=request.user, page="exams.unit", target=f"programmes.Step:{step.pk}", details=what)
    if is_file:
        return exported(kind, f"{step.public_id}-{found.code}", list(_rows(figures, waiting, sees_scores)))
    context = {
        "step": step,
        "paper": paper,
        "figures": figures,
        "sees_scores": sees_scores,
        "page": Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page")),
        "crumbs": [*_way(request, step_public_id, found), {"word": found.name, "url": ""}],
    }
    return render(request, "exams/unit.html", context)


def _way(request: SignedInRequest, step_public_id: str, found: Any) -> list[dict[str, str]]:
    """The units above that one may see, for the crumbs."""
    ids = [int(part) for part in (found.path or "").split("/") if part][:-1]
    above = queries.units_seen_by(request.user).filter(pk__in=ids).order_by("path")
    way = [{"word": u.name, "url": reverse("exams:unit", args=[step_public_id, u.code])} for u in above]
    return [{"word": _("Exams of my units"), "url": reverse("exams:units")}, *way]


def _rows(figures: queries.UnitRates, waiting: Any, sees_scores: bool) -> Iterator[list[Any]]:
    """The table to keep: figures of the unit and below, then who has not passed yet."""
    words = [_("Unit"), _("should take part"), _("took part"), _("participation"), _("passed"), _("pass rate")]
    more = [_("excellence rate"), _("first-time pass rate")]
    yield [*words, *more, *([_("average")] if sees_scores else [])]
    for name, rates in [(figures.unit.name, figures.rates), *((row.unit.name, row.rates) for row in figures.below)]:
        yield [name, *(_figures(rates, sees_scores) if rates else [_("does not take part")])]
    yield []
    yield [_("Not passed yet"), _("Unit"), _("state")]
    for enrolment in waiting.iterator(chunk_size=2000):
        state = _("begun, not passed yet") if enrolment.begun else _("not begun")
        yield [str(enrolment.user), enrolment.organisation.name, state]


def _figures(rates: queries.Rates, sees_scores: bool) -> list[Any]:
    rows = [rates.enrolled, rates.took_part, rates.participation, rates.passed, rates.pass_rate]
    return [*rows, rates.excellence_rate, rates.first_time_rate, *([rates.average] if sees_scores else [])]


def exported(kind: str, name: str, rows: list[list[Any]]) -> HttpResponse:
    """`rows` as a file; no cell is ever a formula, whatever somebody is called."""
    safe = [[harmless(cell) for cell in row] for row in rows]
    if kind == "csv":
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        csv.writer(response).writerows(safe)
    else:
        book, buffer = Workbook(write_only=True), BytesIO()
        sheet = book.create_sheet("1")
        for row in safe:
            sheet.append(row)
        book.save(buffer)
        kind_of_file = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(buffer.getvalue(), content_type=kind_of_file)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def harmless(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection)."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
