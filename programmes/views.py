"""The learner's own pages."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import SignedInRequest
from programmes import queries


@login_required
@require_safe
def my_learning(request: SignedInRequest) -> HttpResponse:
    """All programmes of the signed-in learner, with the next thing to do."""
    return render(request, "programmes/my_learning.html", {"enrolments": queries.learning_of(request.user)})


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
