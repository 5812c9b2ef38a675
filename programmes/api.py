"""JSON about one's own steps. Signed in by session; reads only."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from programmes import queries
from programmes.queries import LearningView, StepView


def _signed_out() -> JsonResponse:
    """401 instead of a redirect to a page."""
    return JsonResponse({"error": "sign-in", "message": _("Sign in first.")}, status=401)


def _step(row: StepView) -> dict[str, Any]:
    """One step."""
    return {
        "id": row.step.public_id,
        "stage": row.step.stage,
        "kind": row.step.kind,
        "title": row.step.local_title,
        "state": row.state,
        "completed_at": row.completed_at,
        "url": row.entry_url,
        "progress": {"done": row.progress.done, "total": row.progress.total} if row.progress else None,
    }


def _enrolment(view: LearningView) -> dict[str, Any]:
    """One enrolment with its steps."""
    return {
        "id": view.enrolment.public_id,
        "title": view.enrolment.programme.local_title,
        "due_on": view.enrolment.due_on,
        "steps": [_step(row) for row in view.steps],
    }


@require_safe
@never_cache
def my_steps(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/my/steps: every step of the signed-in learner, with the address of those that are open."""
    if not request.user.is_authenticated:
        return _signed_out()
    return JsonResponse({"enrolments": [_enrolment(view) for view in queries.learning_of(request.user)]})


@require_safe
@never_cache
def my_step(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /api/v1/my/steps/<id>: passes the same gate as the pages; 404, 403 with a word when it is shut."""
    if not request.user.is_authenticated:
        return _signed_out()
    kind = queries.kind_of(public_id)
    gate = queries.require_open(user=request.user, step_public_id=public_id, kind=kind, reading=True)
    return JsonResponse({"id": gate.step.public_id, "kind": kind, "completed_at": gate.completed_at})
