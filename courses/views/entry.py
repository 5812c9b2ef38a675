"""The address of a step, whatever its kind."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from courses.steps import kind_of
from courses.views.reader import course_entry

BY_KIND = {"course": course_entry}


@login_required
@require_GET
def step(request: HttpRequest, step_public_id: str) -> HttpResponse:
    """A course goes on where the learner left off; a training session shows its dates."""
    return BY_KIND[kind_of(step_public_id)](request, step_public_id)
