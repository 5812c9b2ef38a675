"""A drill: one question at a time, marked at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.forms import read_answer
from exams.models import Attempt
from exams.sampling import CannotFill
from exams.views.base import problem


def drill(request: SignedInRequest, found: Attempt) -> HttpResponse:
    """One question; the answer is marked at once."""
    try:
        view = queries.drill_view(found)
    except CannotFill:
        return problem(request, "not-ready", 409, step=found.step)
    if request.method == "POST":
        return answer(request, found, view)
    context = {"attempt": found, "drill": view, "is_pupil": found.enrolment.programme.is_for_pupils}
    return render(request, "exams/drill.html", context)


def answer(request: SignedInRequest, found: Attempt, view: queries.DrillView) -> HttpResponse:
    """Mark the answer, or say what is missing."""
    number = request.POST.get("number", "")
    given = int(number[:6]) if number.isdecimal() else 0
    if given == view.number:
        value = read_answer(view.question, request.POST)
        if not queries.is_answer(value):
            messages.error(request, _("Nothing is chosen yet. Choose an answer, then check it."))
            return redirect("exams:attempt", found.public_id)
    else:
        value = None
    try:
        actions.answer_drill(
            by=request.user,
            attempt_id=found.public_id,
            number=given,
            value=value,
            check=request.POST.get("check", ""),
        )
    except (actions.WrongQuestion, actions.BadAnswers):
        messages.info(request, _("That form was from an earlier question. Here is the current one."))
        return redirect("exams:attempt", found.public_id)
    except actions.AttemptClosed:
        return redirect("exams:result", found.public_id)
    response = redirect("exams:attempt", found.public_id)
    response["Location"] += f"?answered={given}"
    return response


def drill_feedback(request: SignedInRequest, found: Attempt, number: int) -> HttpResponse:
    """Right or wrong, and why."""
    review = queries.shown_answers(found, number)
    if review is None:
        return redirect("exams:attempt", found.public_id)
    context = {
        "attempt": found,
        "review": review,
        "number": number,
        "right": queries.drill_right(found),
        "is_pupil": found.enrolment.programme.is_for_pupils,
    }
    return render(request, "exams/drill_feedback.html", context)
