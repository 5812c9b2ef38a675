"""Bring a roster in: upload, look, put in, take back. Only for whoever keeps rosters, only within the own subtree."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SignedInRequest
from foundation.audit.actions import look
from organisations import actions
from organisations.exports import template_workbook
from organisations.forms.reasons import say_unreadable
from organisations.forms.rosters import ColumnsForm, RosterForm
from organisations.importers.lines import Unreadable
from organisations.models import RosterImport, RosterRow, RosterState, RowStatus
from organisations.queries.rosters import roster_units, rosters_of, status_counts
from organisations.views.shown import shown_rows

PER_PAGE = 50
LEAVERS_PER_PAGE = 500
RUNNING = (RosterState.READING, RosterState.APPLYING, RosterState.UNDOING)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
View = Callable[..., HttpResponse]


def keeps_rosters(view: View) -> View:
    """For signed-in people who keep the roster of some unit; nothing to find for everybody else."""

    @login_required
    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not roster_units(request.user).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    first = [(_("My units"), reverse("organisations:units")), (_("Rosters"), reverse("rosters:index"))]
    crumbs = [{"word": word, "url": url} for word, url in (*first, *more)]
    crumbs[-1]["url"] = ""
    return crumbs


@require_safe
@keeps_rosters
def index(request: SignedInRequest) -> HttpResponse:
    """Every import that one may see, the newest first."""
    page = Paginator(rosters_of(request.user).order_by("-pk"), 20).get_page(request.GET.get("page"))
    return render(request, "organisations/rosters.html", {"page": page, "crumbs": _crumbs()})


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_rosters
def upload(request: SignedInRequest) -> HttpResponse:
    """Take a file in."""
    units = roster_units(request.user)
    initial = {"organisation": request.GET.get("unit")}
    form = RosterForm(request.POST or None, request.FILES or None, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            roster = actions.start_roster(by=request.user, **form.values())
        except Unreadable as error:
            form.add_error("file", say_unreadable(str(error)))
        except actions.UnitGone:
            form.add_error("organisation", _("This unit was closed in the meantime."))
        else:
            return redirect("rosters:roster", roster.public_id)
    crumbs = _crumbs((_("Bring a roster in"), ""))
    return render(request, "organisations/roster_new.html", {"form": form, "crumbs": crumbs})


def _mine(request: SignedInRequest, public_id: str) -> RosterImport:
    """Raises Http404 for imports of other people's units, as for those that do not exist."""
    return get_object_or_404(rosters_of(request.user), public_id=public_id)


def _chosen(roster: RosterImport, request: SignedInRequest) -> QuerySet[RosterRow]:
    """The rows that the filters of the preview leave."""
    rows = roster.rows.select_related("unit", "person").order_by("order")
    if request.GET.get("status") in RowStatus.values:
        rows = rows.filter(status=request.GET["status"])
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=words) | Q(sheet=words))
    return rows


@require_safe
@keeps_rosters
def roster_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The preview, how far it is, or what came of it."""
    roster = _mine(request, public_id)
    counts = status_counts(roster)
    page: Page[RosterRow] = Paginator(_chosen(roster, request), PER_PAGE).get_page(request.GET.get("page"))
    leavers = roster.leavers.select_related("membership__user", "membership__organisation").order_by("pk")
    people = {"people": len(page.object_list)}
    look(by=request.user, page="organisations.roster", target=f"organisations.RosterImport:{roster.pk}", details=people)
    context = {
        "roster": roster,
        "page": page,
        "rows": shown_rows(roster, page),
        "tabs": [(status, RowStatus(status).label, counts[status]) for status in RowStatus.values],
        "all": sum(counts.values()),
        "wrong": counts[RowStatus.ERROR],
        "todo": counts[RowStatus.NEW] + counts[RowStatus.CHANGED],
        "status": request.GET.get("status", ""),
        "q": request.GET.get("q", ""),
        "leavers": leavers[:LEAVERS_PER_PAGE],
        "leaver_count": leavers.count(),
        "running": roster.state in RUNNING,
        "error": say_unreadable(roster.error) if roster.error else "",
        "forgotten": roster.state == RosterState.APPLIED and not any(counts.values()),
        "ignored": list(dict.fromkeys(header[2] for header in roster.headers if not header[3])),
        "crumbs": _crumbs((roster.filename, "")),
    }
    return render(request, "organisations/roster.html", context)


@require_POST
@keeps_rosters
def move(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Put in, put away or take back."""
    roster = _mine(request, public_id)
    steps = {"apply": _apply, "discard": _discard, "undo": _undo}
    step = steps.get(request.POST.get("do", ""))
    if step is not None:
        try:
            step(request, roster)
        except actions.NotNow as error:
            busy = _("Another roster of this unit is being put in. Try again when it has ended.")
            messages.error(request, busy if str(error) == "busy" else _("The import has moved on in the meantime."))
    return redirect("rosters:roster", public_id)


def _apply(request: SignedInRequest, roster: RosterImport) -> None:
    leavers = [int(pk) for pk in request.POST.getlist("leaver") if pk.isdigit()]
    valid_only = request.POST.get("valid_only") == "1"
    try:
        actions.apply_roster(by=request.user, roster=roster, valid_only=valid_only, leavers=leavers)
    except actions.HasErrors:
        messages.error(request, _("Rows are wrong, so nothing was put in. Correct the file, or put the right rows in."))
        return
    except actions.NothingToApply:
        messages.error(request, _("There is nothing to put in: no row is new or changed, and no leaver is ticked."))
        return
    except actions.UnitGone:
        messages.error(request, _("The unit was closed in the meantime. Nothing was put in."))
        return
    roster.refresh_from_db()
    if roster.state == RosterState.APPLIED:
        messages.success(request, _("The roster is in."))


def _discard(request: SignedInRequest, roster: RosterImport) -> None:
    actions.discard_roster(by=request.user, roster=roster)
    messages.success(request, _("The import is put away. Nobody was added or changed."))


def _undo(request: SignedInRequest, roster: RosterImport) -> None:
    try:
        actions.undo_roster(by=request.user, roster=roster)
    except actions.CannotUndo as error:
        names = "、".join(error.names)
        messages.error(request, _("The import stays: these people were changed since: %(names)s") % {"names": names})
    else:
        roster.refresh_from_db()
        if roster.state == RosterState.UNDONE:
            messages.success(request, _("Everything is as it was before this import."))


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_rosters
def columns(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say what the headers mean; the file is read again."""
    roster = _mine(request, public_id)
    form = ColumnsForm(request.POST or None, headers=roster.headers)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_columns(by=request.user, roster=roster, words=form.values())
        except Unreadable as error:
            form.add_error(None, say_unreadable(str(error)))
        except actions.FileGone:
            form.add_error(None, say_unreadable("file-gone"))
        except actions.NotNow:
            messages.error(request, _("The import has moved on in the meantime."))
            return redirect("rosters:roster", public_id)
        else:
            return redirect("rosters:roster", public_id)
    crumbs = _crumbs((roster.filename, reverse("rosters:roster", args=[public_id])), (_("Columns"), ""))
    return render(request, "organisations/roster_columns.html", {"form": form, "roster": roster, "crumbs": crumbs})


@require_safe
@keeps_rosters
def template(request: SignedInRequest, code: str) -> HttpResponse:
    """An empty workbook for one unit."""
    unit = get_object_or_404(roster_units(request.user), code=code)
    response = HttpResponse(template_workbook(unit), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="roster-{unit.pk}.xlsx"'
    return response
