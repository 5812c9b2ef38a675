"""The workplace of who leads units: figures, whom to look after, one person. States of steps, never a score."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

import programmes.actions
from accounts.models import SignedInRequest
from dashboards import actions, queries
from dashboards.views.shown import page_of, waiting_lines
from foundation.audit.actions import look
from foundation.workbook import workbook
from notifications.queries import copies_to
from organisations.models import Organisation
from programmes.models import Outlook
from programmes.queries import progress_of, progress_of_all

MOST_PEOPLE = 20_000
MOST_REMINDED = 200
MOST_COPIES = 10
FILTERS = (Outlook.OVERDUE, Outlook.DOUBTFUL, Outlook.DUE_SOON, Outlook.ON_TRACK)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def choice_of(request: SignedInRequest) -> queries.Choice:
    """What the address says; nonsense is left out."""
    return queries.Choice(
        programme=request.GET.get("programme", ""),
        outlook=request.GET.get("outlook", ""),
        step=request.GET.get("step", ""),
        page=page_of(request),
        units=page_of(request, "units"),
    )


@require_safe
@never_cache
@login_required
def start(request: SignedInRequest) -> HttpResponse:
    """To the highest unit of the reader; a list if there are several."""
    units = queries.watched_by(request.user)
    tops = list(units.exclude(parent__in=units.values("pk")).order_by("order", "path")[:200])
    if not tops:
        raise Http404
    if len(tops) == 1:
        return redirect("dashboards:unit", tops[0].code)
    context = {"tops": tops, "crumbs": [{"word": _("Workplace"), "url": ""}]}
    return render(request, "dashboards/start.html", context)


def way_to(unit: Organisation, way: list[Organisation]) -> list[dict[str, str]]:
    """The crumbs: the units above that the reader may see, then this one."""
    above = [{"word": u.name, "url": reverse("dashboards:unit", args=[u.code])} for u in way]
    return [{"word": _("Workplace"), "url": reverse("dashboards:start")}, *above, {"word": unit.name, "url": ""}]


@require_safe
@never_cache
@login_required
def unit(request: SignedInRequest, code: str) -> HttpResponse:
    """One unit and one programme."""
    choice = choice_of(request)
    board = queries.board(request.user, code, choice, timezone.localdate())
    if board is None:
        raise Http404
    context = {
        "board": board,
        "choice": choice,
        "step": next((step for step in board.steps if step.public_id == choice.step), None),
        "filters": [(str(value.value), value.label) for value in FILTERS],
        "waiting": waiting_lines(board),
        "query": urlencode({"programme": board.programme.slug}) if board.programme else "",
        "crumbs": way_to(board.unit, board.way),
    }
    return render(request, "dashboards/unit.html", context)


@require_POST
@login_required
def remind(request: SignedInRequest, code: str) -> HttpResponse:
    """Remind the people who were ticked; whom somebody reminded within three days is left alone."""
    unit = queries.watched_by(request.user).filter(code=code).first()
    if unit is None:
        raise Http404
    people = queries.remindable(request.user, unit, request.POST.getlist("enrolment")[:MOST_REMINDED])
    if not people:
        messages.warning(request, _("Nobody is ticked."))
    else:
        note = request.POST.get("note", "")[:200]
        sent, spared = programmes.actions.remind_by_hand(by=request.user, enrolments=people, note=note)
        text = ngettext("%(n)d person reminded.", "%(n)d people reminded.", sent) % {"n": sent}
        if spared:
            text += " " + _("%(n)d had been reminded within three days and were left alone.") % {"n": spared}
        messages.success(request, text)
    query = request.POST.get("query", "")
    return redirect(f"{reverse('dashboards:unit', args=[code])}{'?' if query else ''}{query}")


@require_safe
@never_cache
@login_required
def export(request: SignedInRequest, code: str) -> HttpResponse:
    """Figures and people as a workbook. The look is written down."""
    board = queries.board(request.user, code, choice_of(request), timezone.localdate())
    if board is None or board.programme is None:
        raise Http404
    actions.note_export(by=request.user, unit=board.unit, programme=board.programme)
    sheets = [(_("Units"), unit_rows([*board.rows, board.total], board.steps)), (_("People"), _people_rows(board))]
    return as_excel(workbook(sheets), f"{board.programme.slug}-{board.unit.code}")


def as_excel(data: bytes, name: str) -> HttpResponse:
    """A workbook to keep."""
    response = HttpResponse(data, content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def unit_rows(rows: list[queries.HeatRow], steps: list[Any]) -> Iterator[list[Any]]:
    """The heat table in numbers, and the rates of each exam."""
    exams = rows[-1].rates if rows else []
    rates = [_("participation"), _("pass rate"), _("excellence rate")]
    titles = [step.local_title for step in steps]
    of_exams = [f"{each.step.local_title} {word}" for each in exams for word in rates]
    yield [_("Unit"), _("Taking part"), *titles, _("All through"), _("May not make it"), *of_exams]
    for row in rows:
        name = row.word or (row.unit.name if row.unit else _("In the unit itself"))
        if row.is_apart:
            yield [name, _("does not take part")]
            continue
        shares = [value for r in row.rates for value in (r.participation, r.pass_rate, r.excellence_rate)]
        told = ["" if share is None else f"{share}%" for share in shares]
        yield [name, row.enrolled, *[cell.people for cell in row.cells], row.finished, row.doubtful, *told]


def _people_rows(board: queries.Board) -> Iterator[list[Any]]:
    """One line a person: which steps are done, never how well."""
    people = queries.people_within(board.unit, board.programme).select_related("user", "organisation")
    total = people.count()
    titles = [step.local_title for step in board.steps]
    yield [_("Full name"), _("Employee number"), _("Unit"), *titles, _("Last day"), _("Outlook")]
    if total > MOST_PEOPLE:
        yield [_("%(n)d people: export a smaller unit to see them by name.") % {"n": total}]
        return
    ordered = list(people.order_by("organisation__path", "user__name", "pk"))
    done = progress_of_all(ordered)
    for enrolment in ordered:
        states = ["✓" if row.completed_at else "" for row in done[enrolment.pk]]
        word = _("through") if enrolment.finished_at else Outlook(enrolment.outlook).label
        who = [enrolment.user, enrolment.user.employee_number, enrolment.organisation.name]
        yield [*who, *states, enrolment.due_on, word]


@require_safe
@never_cache
@login_required
def person(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One person in one programme: which steps are done, and what they were told."""
    enrolment = queries.watched_enrolment(request.user, public_id)
    if enrolment is None:
        raise Http404
    unit = enrolment.organisation
    look(by=request.user, page="dashboards.person", target=f"accounts.User:{enrolment.user_id}")
    context = {
        "enrolment": enrolment,
        "rows": progress_of(enrolment),
        "told": queries.told(enrolment),
        "copies": copies_to(enrolment.user_id, kinds="programmes.", limit=MOST_COPIES),
        "crumbs": [
            {"word": _("Workplace"), "url": reverse("dashboards:start")},
            {"word": unit.name, "url": reverse("dashboards:unit", args=[unit.code])},
            {"word": str(enrolment.user), "url": ""},
        ],
    }
    return render(request, "dashboards/person.html", context)
