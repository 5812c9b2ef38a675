"""Where coordinators assign programmes. Everybody else finds nothing here."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SignedInRequest
from foundation.audit.actions import look
from foundation.audit.views import EVERYBODY
from organisations.models import Organisation
from organisations.queries import names_of_professions
from programmes import actions, queries
from programmes.forms import AllowanceForm, AssignmentForm
from programmes.models import AllowanceKind, Assignment, Programme

PAGE_SIZE = 20
LIST = "programmes:assignments"


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """The way from the list."""
    return [{"word": _("Assignments"), "url": reverse(LIST) if more else ""}, *more]


def require_scope(request: SignedInRequest) -> list[Organisation]:
    """The units where the reader may begin. Raises Http404 if there are none."""
    tops = queries.highest_assignable(request.user)
    if not tops:
        raise Http404
    return tops


@require_safe
@never_cache
@login_required
def assignments(request: SignedInRequest) -> HttpResponse:
    """What is assigned in the units of the reader, with the newest pass of each."""
    tops = require_scope(request)
    page = Paginator(queries.assignments_seen_by(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    runs = queries.newest_runs(list(page.object_list))
    rows = [(assignment, runs.get(assignment.pk)) for assignment in page]
    context = {
        "page": page,
        "rows": rows,
        "tops": tops,
        "is_working": any(run and run.state == "running" for run in runs.values()),
        "crumbs": crumbs(),
    }
    return render(request, "programmes/assignments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def new_assignment(request: SignedInRequest, code: str) -> HttpResponse:
    """Write an assignment, look at whom it reaches, and only then store it."""
    unit = queries.assignable_by(request.user).filter(code=code).first()
    if unit is None:
        raise Http404
    form = AssignmentForm(request.POST or None, unit=unit)
    context = {"form": form, "unit": unit, "crumbs": crumbs({"word": _("New assignment"), "url": ""})}
    if not (request.method == "POST" and form.is_valid()) or "edit" in request.POST:
        return render(request, "programmes/assignment_new.html", context)
    if "store" in request.POST and (stored := _store(request, form)):
        messages.success(request, _("Assigned. People are being enrolled now; you may leave this page."))
        return redirect("programmes:assignment", stored.public_id)
    if form.errors:
        return render(request, "programmes/assignment_new.html", context)
    target, programme = form.target(), form.cleaned_data["programme"]
    written = [(name, value) for name, values in request.POST.lists() if name in form.fields for value in values]
    context |= {
        "reach": queries.reach(target, programme),
        "programme": programme,
        "lines": in_words(target, programme, form.cleaned_data),
        "written": written,
    }
    return render(request, "programmes/assignment_preview.html", context)


def _store(request: SignedInRequest, form: AssignmentForm) -> Assignment | None:
    """Store what was written; what is refused stands in the form."""
    data = form.cleaned_data
    days = {name: data[name] for name in ("due_on", "due_days", "renews_on")}
    try:
        return actions.assign(by=request.user, programme=data["programme"], target=form.target(), **days)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def in_words(target: queries.Target, programme: Programme, days: dict[str, Any]) -> list[tuple[str, str]]:
    """What an assignment says, as rows of word and value; what is not set is left out."""
    kinds, roles = dict(AssignmentForm.base_fields["kinds"].choices), dict(AssignmentForm.base_fields["roles"].choices)  # type: ignore[attr-defined]
    named = Programme.objects.in_bulk([pk for pk in (target.completed_id, target.not_completed_id) if pk])
    renews_on = days["renews_on"]
    rows = [
        (_("Programme"), programme.local_title),
        (_("Units"), "、".join(unit.name for unit in target.units)),
        (_("Only kinds of unit"), "、".join(str(kinds[value]) for value in target.kinds)),
        (_("Only grades"), "、".join(target.grades)),
        (_("Only roles"), "、".join(str(roles[value]) for value in target.roles)),
        (_("Only key professions"), "、".join(names_of_professions(target.professions))),
        (_("Only posts that contain"), target.position),
        (_("Only who joined on or after"), target.joined_after),
        (_("Only who has completed"), named.get(target.completed_id or 0)),
        (_("Only who has not completed"), named.get(target.not_completed_id or 0)),
        (_("Only these people"), _("%(n)d by name") % {"n": len(target.people)} if target.people else ""),
        (_("Last day"), days["due_on"] or ("" if days["due_days"] else queries.last_day(programme, renews_on))),
        (_("Days after joining"), days["due_days"]),
        (_("A new round begins on"), renews_on),
        (_("The last round begins on"), renews_on and queries.last_round(programme, renews_on)),
        (_("The programme ends on"), renews_on and programme.closes_on),
    ]
    return [(word, value) for word, value in rows if value]


def _seen(request: SignedInRequest, public_id: str) -> Assignment:
    """An assignment in the units of the reader. Raises Http404."""
    return get_object_or_404(queries.assignments_seen_by(request.user), public_id=public_id)


@require_safe
@never_cache
@login_required
def assignment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One assignment: what it says, how far the pass is, and what earlier passes did."""
    found = _seen(request, public_id)
    days = {name: getattr(found, name) for name in ("due_on", "due_days", "renews_on")}
    runs = list(found.runs.order_by("-pk")[:PAGE_SIZE])
    context = {
        "assignment": found,
        "lines": in_words(queries.target_of(found), found.programme, days),
        "enrolled": queries.enrolled_by(found),
        "is_last_round": found.renews_on and not queries.last_round(found.programme, found.renews_on),
        "runs": runs,
        "run": runs[0] if runs and runs[0].state != "done" else None,
        "crumbs": crumbs({"word": found.programme.local_title, "url": ""}),
    }
    return render(request, "programmes/assignment.html", context)


@require_POST
@login_required
def stop_assignment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take in nobody any more."""
    try:
        actions.stop_assignment(by=request.user, assignment=_seen(request, public_id))
    except actions.WrongAssignmentState:
        messages.warning(request, _("It was stopped already."))
    else:
        messages.success(request, _("Stopped. Who is enrolled stays enrolled; nobody new is taken in."))
    return redirect("programmes:assignment", public_id)


@require_POST
@login_required
def resume_assignment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take people in again."""
    try:
        actions.resume_assignment(by=request.user, assignment=_seen(request, public_id))
    except actions.WrongAssignmentState:
        messages.warning(request, _("It is running already."))
    else:
        messages.success(request, _("Running again, from where it stopped."))
    return redirect("programmes:assignment", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def allowances(request: SignedInRequest) -> HttpResponse:
    """Exemptions and more time for single people, with their reasons."""
    require_scope(request)
    form = AllowanceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid() and _grant(request, form):
        return redirect("programmes:allowances")
    page = Paginator(queries.allowances_seen_by(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    if page.object_list:
        rows = {"people": len(page.object_list)}
        look(by=request.user, page="programmes.allowances", target=EVERYBODY, details=rows)
    context = {"form": form, "page": page, "crumbs": crumbs({"word": _("Exceptions"), "url": ""})}
    return render(request, "programmes/allowances.html", context)


def _grant(request: SignedInRequest, form: AllowanceForm) -> bool:
    """Store an exception; what is refused stands in the form."""
    data = form.cleaned_data
    fields = {"by": request.user, "programme": data["programme"], "user": data["person"], "reason": data["reason"]}
    try:
        if data["kind"] == AllowanceKind.EXEMPT:
            actions.grant_exemption(**fields)
        else:
            actions.grant_extension(due_on=data["due_on"], **fields)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    messages.success(request, _("Granted and written down."))
    return True


@require_POST
@login_required
def end_allowance(request: SignedInRequest, public_id: str) -> HttpResponse:
    """End an exception."""
    found = get_object_or_404(queries.allowances_seen_by(request.user), public_id=public_id)
    try:
        actions.end_allowance(by=request.user, allowance=found)
    except actions.AllowanceOver:
        messages.warning(request, _("It was over already."))
    else:
        messages.success(request, _("The exception is over."))
    return redirect("programmes:allowances")
