"""The learner's own pages."""

from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SignedInRequest
from organisations.queries import led_by
from organisations.queries.rosters import ROSTER_ROLES
from programmes import actions, exports, queries
from programmes.contracts import DUTIES, Duty


@login_required
@require_safe
def my_learning(request: SignedInRequest) -> HttpResponse:
    """All programmes of the signed-in learner, with the next thing to do; for who leads units, the way to them."""
    context = {
        "enrolments": queries.learning_of(request.user),
        "duties": _duties(request),
    }
    return render(request, "programmes/my_learning.html", context)


def _duties(request: SignedInRequest) -> list[Duty]:
    """The pages of somebody who leads units; none for everybody else."""
    if not led_by(request.user).exists():
        return []
    roster = _("See how far everyone is")
    units = [
        Duty(_("My units"), reverse("organisations:units"), "list", roster),
    ]
    if queries.assignable_by(request.user).exists():
        whom = _("Say who takes part until when, exempt people, give more time")
        units.append(Duty(_("Assignments"), reverse("programmes:assignments"), "users", whom))
    return [*(duty for provider in DUTIES for duty in provider.duties_of(request.user)), *units]


@login_required
@require_safe
def programme(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Every step of one enrolment under its stage. A foreign enrolment is not found."""
    enrolment = queries.enrolments_of(request.user).filter(public_id=public_id).first()
    if enrolment is None:
        raise Http404
    view = queries.learning_view(enrolment)
    context = {
        "view": view,
        "stages_of_steps": queries.steps_by_stage(view),
        "crumbs": [
            {"word": _("My learning"), "url": reverse("programmes:my-learning")},
            {"word": enrolment.programme.local_title, "url": ""},
        ],
    }
    return render(request, "programmes/programme.html", context)


ROSTER_PAGE_SIZE = 50


@login_required
@require_safe
def unit(request: SignedInRequest, code: str) -> HttpResponse:
    """The people of a unit and how far each is, for who leads it: states of steps, never a score."""
    kept = led_by(request.user, ROSTER_ROLES).filter(pk=OuterRef("pk"))
    led = led_by(request.user).filter(code=code).annotate(keeps_roster=Exists(kept)).first()
    if led is None:
        raise Http404
    choices = list(queries.programmes_within(led))
    chosen = next((p for p in choices if p.slug == request.GET.get("programme")), choices[0] if choices else None)
    page = Paginator(queries.enrolments_within(led, chosen), ROSTER_PAGE_SIZE).get_page(request.GET.get("page"))
    rows = queries.roster(list(page.object_list))
    context = {
        "unit": led,
        "programmes": choices,
        "chosen": chosen,
        "page": page,
        "rows": rows,
        "stages": [state.stage for state in rows[0].stages] if rows else [],
        "crumbs": [
            {"word": _("My units"), "url": reverse("organisations:units")},
            {"word": led.name, "url": ""},
        ],
    }
    return render(request, "programmes/unit.html", context)


@login_required
@require_safe
@never_cache
def history(request: SignedInRequest) -> HttpResponse:
    """Every programme, year and round of the learner, and the address of their calendar."""
    rows = queries.history_of(request.user.pk)
    token = queries.calendar_token_of(request.user)
    address = f"{settings.SITE_URL}{reverse('programmes:calendar', args=[token])}" if token else ""
    by_year = groupby(rows, key=lambda row: timezone.localtime(row[0].enrolled_at).year)
    years = [(year, list(group)) for year, group in by_year]
    context = {
        "years": years,
        "address": address,
        "crumbs": [
            {"word": _("My learning"), "url": reverse("programmes:my-learning")},
            {"word": _("History and calendar"), "url": ""},
        ],
    }
    return render(request, "programmes/history.html", context)


@login_required
@require_POST
def new_calendar(request: SignedInRequest) -> HttpResponse:
    """A new address for the calendar; the old one is worth nothing any more."""
    actions.renew_calendar(user=request.user)
    messages.success(request, _("The address of your calendar is new. An old one does not work any more."))
    return redirect("programmes:history")


@require_safe
@never_cache
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The deadlines of whoever the address belongs to. A calendar program has no session: the address is the key."""
    found = queries.deadlines_behind(token)
    if found is None:
        raise Http404
    events = [
        (
            f"{enrolment.public_id}@{settings.SITE_URL.split('://')[-1]}",
            enrolment.due_on,
            _("Last day: %(title)s") % {"title": enrolment.programme.title},
            f"{settings.SITE_URL}{reverse('programmes:programme', args=[enrolment.public_id])}",
        )
        for enrolment in found
        if enrolment.due_on
    ]
    body = exports.calendar(_("Learning deadlines"), events, timezone.now())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    return response
