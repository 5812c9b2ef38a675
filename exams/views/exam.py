"""An exam's paper and handing it in. Works as a plain form; the script only adds to it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.forms import read_answers
from exams.models import Attempt, AttemptState, PaperMode
from exams.views.base import private, problem


def exam(request: SignedInRequest, found: Attempt) -> HttpResponse:
    """All questions in one form; the script shows one at a time and saves by itself."""
    if queries.is_overdue(found, found.now):  # type: ignore[attr-defined]
        return redirect("exams:submit", found.public_id)
    if request.method == "POST":
        return save_exam(request, found)
    questions = queries.questions_of(found)
    context = {
        "attempt": found,
        "questions": questions,
        "answered": sum(q.answered for q in questions),
        "remaining": queries.remaining_seconds(found),
        "saved_at": queries.last_saved(found),
        "token": queries.pen_token(found.public_id, found.epoch),
        "is_pupil": found.enrolment.programme.is_for_pupils,
    }
    return render(request, "exams/exam.html", context)


def save_exam(request: SignedInRequest, found: Attempt) -> HttpResponse:
    """The plain form: save, then stay or go on to handing in."""
    epoch = request.POST.get("epoch", "")
    if not epoch.isdecimal() or not queries.holds_pen(found.public_id, int(epoch[:9]), request.POST.get("token", "")):
        return problem(request, "form-changed", 403, attempt=found)
    values = read_answers(queries.questions_of(found, {}), request.POST)
    try:
        saved = actions.save_form(by=request.user, attempt_id=found.public_id, epoch=int(epoch[:9]), values=values)
    except actions.BadAnswers:
        return problem(request, "form-changed", 400, attempt=found)
    if saved.problem == "elsewhere":
        return problem(request, "elsewhere", 409, attempt=found)
    if saved.problem or "submit" in request.POST:
        return redirect("exams:submit", found.public_id)
    return redirect("exams:attempt", found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def submit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say what is unanswered, then hand in."""
    if request.method == "POST":
        return hand_in(request, public_id)
    found = queries.own_attempt(user=request.user, public_id=public_id)
    if found.paper.mode != PaperMode.EXAM:
        return redirect("exams:attempt", public_id)
    if found.state != AttemptState.OPEN:
        return redirect("exams:result", public_id)
    questions = queries.questions_of(found)
    context = {
        "attempt": found,
        "unanswered": [q.position for q in questions if not q.answered],
        "total": len(questions),
        "is_over": queries.is_overdue(found, found.now),  # type: ignore[attr-defined]
        "remaining": queries.remaining_seconds(found),
        "too_early": queries.too_early(found, found.now),  # type: ignore[attr-defined]
        "is_pupil": found.enrolment.programme.is_for_pupils,
    }
    return render(request, "exams/submit.html", context)


def hand_in(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Hand in, or say why not: only then is the attempt read again, with everything a page needs."""
    try:
        actions.submit_attempt(by=request.user, attempt_id=public_id)
    except actions.AttemptClosed:
        found = queries.own_attempt(user=request.user, public_id=public_id)
        if found.paper.mode != PaperMode.EXAM:
            return redirect("exams:attempt", public_id)
        return problem(request, "void", 409, attempt=found)
    except actions.TooEarly as early:
        found = queries.own_attempt(user=request.user, public_id=public_id)
        return problem(request, "too-early", 403, attempt=found, at=early.at)
    return redirect("exams:result", public_id)
