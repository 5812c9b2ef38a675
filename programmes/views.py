"""The learner's own pages."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import SignedInRequest
from organisations.queries import led_by
from programmes import queries
from programmes.contracts import DUTIES, Duty


@login_required
@require_safe
def my_learning(request: SignedInRequest) -> HttpResponse:
    """All programmes of the signed-in learner, with the next thing to do; for who leads units, the way to them."""
    context = {"enrolments": queries.learning_of(request.user), "duties": _duties(request)}
    return render(request, "programmes/my_learning.html", context)


def _duties(request: SignedInRequest) -> list[Duty]:
    """The pages of somebody who leads units; none for everybody else."""
    if not led_by(request.user).exists():
        return []
    roster = _("See how far everyone is")
    units = Duty(_("My units"), reverse("organisations:units"), "list", roster)
    return [units, *(duty for provider in DUTIES for duty in provider.duties_of(request.user))]


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
    led = led_by(request.user).filter(code=code).first()
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
