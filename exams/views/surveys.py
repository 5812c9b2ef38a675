"""A self-assessment: no clock, no score."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.forms import read_answers
from exams.models import Attempt
from exams.views.base import problem


def survey(request: SignedInRequest, found: Attempt) -> HttpResponse:
    """Every question in one form; no clock, no score."""
    status, missing = 200, []
    questions = queries.questions_of(found, {})
    if request.method == "POST":
        values = read_answers(questions, request.POST)
        try:
            actions.submit_survey(by=request.user, attempt_id=found.public_id, values=values)
            return redirect("exams:result", found.public_id)
        except actions.Unanswered as unanswered:
            status, missing = 400, unanswered.positions
            questions = queries.questions_of(found, values)
        except actions.AttemptClosed:
            return redirect("exams:result", found.public_id)
        except actions.BadAnswers:
            return problem(request, "form-changed", 400, attempt=found)
    context = {
        "attempt": found,
        "questions": questions,
        "missing": missing,
        "is_pupil": found.enrolment.programme.is_for_pupils,
    }
    return render(request, "exams/survey.html", context, status=status)
