"""A learner doubts a question or the result."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.views.base import private

MAX_LENGTH = 2000


@require_http_methods(["GET", "HEAD", "POST"])
@private
def appeal(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Write what seems wrong; afterwards the result page shows it with its answer."""
    found = queries.own_attempt(user=request.user, public_id=public_id)
    until = queries.appeal_door(found)
    if until is None:
        return redirect("exams:result", public_id)
    text, chosen = request.POST.get("text", ""), (request.POST.get("position") or request.GET.get("question", ""))[:4]
    position = int(chosen) if chosen.isdecimal() and chosen != "0" else None
    problem = ""
    if request.method == "POST":
        try:
            actions.make_appeal(by=request.user, attempt_id=public_id, text=text, position=position)
        except actions.AppealRefused as refused:
            problem = _words()[refused.word]
        else:
            messages.success(
                request, _("Your appeal is with whoever runs the exam. You get a message with the answer.")
            )
            return redirect("exams:result", public_id)
    context = {
        "attempt": found,
        "until": until,
        "is_over": until < found.now,  # type: ignore[attr-defined]
        "numbers": range(1, len(found.drawn) + 1),
        "position": position,
        "text": text,
        "problem": problem,
        "max_length": MAX_LENGTH,
        "is_pupil": found.enrolment.programme.is_for_pupils,
    }
    return render(request, "exams/appeal.html", context, status=400 if problem else 200)


def _words() -> dict[str, str]:
    """Why an appeal is refused."""
    return {
        "none": _("There is no result to doubt."),
        "late": _("The days for an appeal are over."),
        "empty": _("Write what seems wrong to you."),
        "question": _("This paper has no question of that number."),
        "again": _("You have doubted this already. One appeal for each question, and one for the whole."),
    }
