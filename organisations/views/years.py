"""A school's new year in one guided step: look, confirm, and back again if it was wrong."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest
from organisations import actions
from organisations.models import Kind, Organisation
from organisations.queries.rosters import roster_units
from organisations.queries.years import LEAVE, STAY, UP, newest_turn, year_plan


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_year(request: SignedInRequest, code: str) -> HttpResponse:
    """What happens to each grade, chosen and shown; only the confirmation does it."""
    school = get_object_or_404(roster_units(request.user), code=code, kind=Kind.SCHOOL)
    do = request.POST.get("do", "")
    if do in ("turn", "undo"):
        if do == "turn":
            _turn(request, school)
        else:
            _undo(request, school)
        return redirect("organisations:new-year", code)
    plans = year_plan(school, _decisions(request, school) if do == "look" else None)
    turn = newest_turn(school)
    today = timezone.localdate()
    context: dict[str, Any] = {
        "school": school,
        "plans": plans,
        "choices": [
            (UP, pgettext("grade", "moves up")),
            (LEAVE, pgettext("grade", "leaves school")),
            (STAY, pgettext("grade", "stays as it is")),
        ],
        "looking": do == "look",
        "leaving": sum(plan.pupils for plan in plans if plan.what == LEAVE),
        "turn": turn,
        "turned": turn is not None and turn.year == today.year,
        "year": today.year,
        "crumbs": [
            {"word": _("My units"), "url": reverse("organisations:units")},
            {"word": f"{school.name} · {_('New school year')}", "url": ""},
        ],
    }
    return render(request, "organisations/new_year.html", context)


def _decisions(request: SignedInRequest, school: Organisation) -> dict[int, str]:
    """What was chosen for each grade; a grade that was not asked for does as usual."""
    said = {plan.grade.pk: request.POST.get(f"g{plan.grade.pk}", "") for plan in year_plan(school)}
    return {pk: what for pk, what in said.items() if what in (UP, LEAVE, STAY)}


def _turn(request: SignedInRequest, school: Organisation) -> None:
    try:
        actions.turn_year(by=request.user, school=school, decisions=_decisions(request, school))
    except actions.TurnedAlready:
        messages.error(request, _("This school has begun its new year already."))
    except actions.NamesClash as error:
        messages.error(request, _("Two grades would both be called %(name)s. Choose again.") % {"name": error})
    except actions.NoSchool:
        messages.error(request, _("This unit was closed in the meantime."))
    else:
        messages.success(request, _("The new school year has begun. Bring the roster of the first grade in next."))


def _undo(request: SignedInRequest, school: Organisation) -> None:
    turn = newest_turn(school)
    try:
        if turn is not None:
            actions.undo_year(by=request.user, turn=turn)
            messages.success(request, _("Everything is as it was before the new school year."))
    except actions.CannotUndo as error:
        names = "、".join(error.names)
        messages.error(request, _("It stays: these were changed since: %(names)s") % {"names": names})
