"""课程评估: the learner's survey and the author's page of results."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest
from courses import actions, steps
from courses.forms import EvaluationForm
from courses.models import CoursePage
from courses.queries.evaluation import evaluation_result, has_evaluated
from courses.views.refusals import refuse


@login_required
@require_http_methods(["GET", "POST"])
def evaluation(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """Five rows and a comment, once."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id, reading=True)
    form = EvaluationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.evaluate_course(
                enrolment=entry.enrolment,
                course=entry.course,
                ratings=form.ratings,
                comment=form.cleaned_data["comment"],
            )
        except actions.CourseNotComplete:
            return refuse(request, "course-not-complete", 409)
        except actions.AlreadyEvaluated:
            return refuse(request, "already-evaluated", 409)
        return redirect("courses:evaluation", step_public_id)
    context = {
        "form": form,
        "course": entry.course,
        "entry": entry,
        "given": has_evaluated(enrolment_id=entry.enrolment.pk, course=entry.course),
    }
    return render(request, "courses/evaluation.html", context, status=400 if form.errors else 200)


def evaluation_results(request: HttpRequest, course_id: int) -> HttpResponse:
    """In the Wagtail admin: counts, bars and comments, for those who may edit the course. Raises PermissionDenied."""
    course = get_object_or_404(CoursePage, pk=course_id)
    if not course.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return render(
        request, "courses/admin/evaluation_results.html", {"course": course, "result": evaluation_result(course)}
    )
