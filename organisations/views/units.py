"""The units that somebody leads."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import SignedInRequest
from organisations.queries import led_by
from organisations.queries.rosters import roster_units

PAGE_SIZE = 100


@login_required
@require_safe
def units(request: SignedInRequest) -> HttpResponse:
    """All units in the subtrees that one leads, in the order of the tree. Nothing to find for everybody else."""
    led = led_by(request.user).filter(closed_on=None).order_by("path")
    page = Paginator(led, PAGE_SIZE).get_page(request.GET.get("page"))
    if not page.paginator.count:
        raise Http404
    context = {
        "page": page,
        "keeps_rosters": roster_units(request.user).exists(),
        "crumbs": [{"word": _("My units"), "url": ""}],
    }
    return render(request, "organisations/units.html", context)
