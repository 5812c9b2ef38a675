"""The units that somebody leads, what happened to them, and how a duty changes hands."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from organisations import actions, registry
from organisations.forms import HandOverForm
from organisations.forms.events import shown_event
from organisations.models import Organisation, OrganisationEvent, OrganisationQuerySet
from organisations.queries import duties_in, led_by
from organisations.queries.rosters import roster_units

PAGE_SIZE = 100


@login_required
@require_safe
def units(request: SignedInRequest) -> HttpResponse:
    """All units in the subtrees that one leads, or may keep rosters of, in the order of the tree. Nothing to find for
    everybody else."""
    page = _page(led_by(request.user), request)
    if not (is_leading := bool(page.paginator.count)):
        page = _page(roster_units(request.user), request)
    if not page.paginator.count:
        raise Http404
    kept = set(roster_units(request.user).filter(pk__in=[unit.pk for unit in page]).values_list("pk", flat=True))
    context = {
        "page": page,
        "kept": kept,
        "is_leading": is_leading,
        "crumbs": [{"word": _("My units"), "url": ""}],
    }
    return render(request, "organisations/units.html", context)


def _page(found: OrganisationQuerySet, request: SignedInRequest) -> Page[Organisation]:
    return Paginator(found.filter(closed_on=None).order_by("path"), PAGE_SIZE).get_page(request.GET.get("page"))


def _crumbs(word: str, unit: Organisation) -> list[dict[str, str]]:
    return [
        {"word": _("My units"), "url": reverse("organisations:units")},
        {"word": f"{unit.name} · {word}", "url": ""},
    ]


@login_required
@require_safe
def history(request: SignedInRequest, code: str) -> HttpResponse:
    """What happened to one unit."""
    unit = get_object_or_404(roster_units(request.user), code=code)
    events = OrganisationEvent.objects.filter(organisation=unit).order_by("-pk")
    page: Page[OrganisationEvent] = Paginator(events, 50).get_page(request.GET.get("page"))
    rows = [shown_event(event) for event in page]
    context = {"unit": unit, "page": page, "rows": rows, "crumbs": _crumbs(_("History of the unit"), unit)}
    return render(request, "organisations/history.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, code: str) -> HttpResponse:
    """First choose the duty and the successor, then look at what waits, then it is done."""
    units = roster_units(request.user)
    unit = get_object_or_404(units, code=code)
    form = HandOverForm(request.POST or None, duties=duties_in(unit), units=units)
    context = {"form": form, "unit": unit, "crumbs": _crumbs(_("Hand a duty over"), unit)}
    if request.method == "POST" and form.is_valid():
        duty, successor = form.cleaned_data["duty"], form.cleaned_data["successor"]
        if request.POST.get("confirmed") == "1":
            return _done(request, form)
        tasks = registry.tasks_of(duty.user, unit)
        context |= {"confirming": True, "duty": duty, "successor": successor, "tasks": tasks}
    return render(request, "organisations/hand_over.html", context)


def _done(request: SignedInRequest, form: HandOverForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        actions.hand_over(
            by=request.user, membership=data["duty"], successor=data["successor"], message=data["message"]
        )
    except (actions.NotHolding, actions.AlreadyHolds):
        messages.error(request, _("The duty had changed hands already."))
    else:
        messages.success(request, _("The duty was handed over; both have been told."))
    # Whoever handed over their only duty has no units any more.
    still = led_by(request.user).filter(closed_on=None).exists()
    return redirect("organisations:units" if still else "/")
