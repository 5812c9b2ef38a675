"""The address of a step, whatever its kind."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts.models import SignedInRequest
from courses.steps import kind_of
from courses.views.reader import course_entry
from courses.views.sessions import session_entry

BY_KIND = {"course": course_entry, "session": session_entry}


@login_required
@require_GET
def step(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """A course goes on where the learner left off; a training session shows its dates."""
    return BY_KIND[kind_of(step_public_id)](request, step_public_id)
