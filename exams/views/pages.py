"""The learner's pages. All of them work as plain forms; scripts only add to them."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries, steps
from exams.forms import read_answer, read_answers
from exams.models import Attempt, AttemptState, PaperMode
from exams.sampling import CannotFill

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """For signed-in people, never stored; an attempt that is not theirs does not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except queries.AttemptUnknown as unknown:
            logger.info("exams: no attempt %s for user %s", unknown, request.user.pk)
            raise Http404 from None

    return never_cache(login_required(guarded))


def problem(request: SignedInRequest, word: str, status: int, **context: Any) -> HttpResponse:
    """A clear page for what cannot be done, with what to do instead."""
    logger.info("exams: %s for user %s at %s", word, request.user.pk, request.path)
    return render(request, "exams/problem.html", {"word": word, **context}, status=status)


@require_safe
@private
def index(request: SignedInRequest) -> HttpResponse:
    """Every drill, exam and self-assessment of the learner."""
    return render(request, "exams/index.html", {"programmes": steps.paper_steps(request.user)})


@require_safe
@private
def step(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """Rules, attempts left, last results, start button."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id, reading=True)
    rules = queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk)
    if rules is None:
        return problem(request, "not-ready", 404)
    attempts = list(queries.attempts_at(enrolment_id=entry.enrolment.pk, paper=rules.paper))
    open_attempt = next((a for a in attempts if a.state == AttemptState.OPEN), None)
    context = {"entry": entry, "rules": rules, "paper": rules.paper, "attempts": attempts, "open": open_attempt}
    return render(request, "exams/step.html", context)


@require_POST
@private
def start(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """Draw the paper and go to it."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id)
    try:
        attempt = actions.start_attempt(entry=entry)
    except actions.NoAttemptsLeft:
        return problem(request, "no-attempts-left", 403, step=entry.step)
    except actions.PaperNotReady:
        logger.warning("exams: the paper of step %s cannot be drawn", step_public_id)
        return problem(request, "not-ready", 409, step=entry.step)
    return redirect("exams:attempt", attempt.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def attempt(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The sitting: an exam's paper, a drill's question or a self-assessment."""
    found = queries.own_attempt(user=request.user, public_id=public_id)
    shown = request.GET.get("answered", "")
    if found.paper.mode == PaperMode.DRILL and shown.isdecimal() and request.method != "POST":
        return drill_feedback(request, found, int(shown[:6]))
    if found.state != AttemptState.OPEN:
        return redirect("exams:result", public_id)
    steps.enter(user=request.user, step_public_id=found.step.public_id)
    view = {PaperMode.EXAM: exam, PaperMode.DRILL: drill, PaperMode.SURVEY: survey}[PaperMode(found.paper.mode)]
    return view(request, found)


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
    found = queries.own_attempt(user=request.user, public_id=public_id)
    if found.paper.mode != PaperMode.EXAM:
        return redirect("exams:attempt", public_id)
    if request.method == "POST":
        try:
            actions.submit_attempt(by=request.user, attempt_id=public_id)
        except actions.AttemptClosed:
            return problem(request, "void", 409, attempt=found)
        return redirect("exams:result", public_id)
    if found.state != AttemptState.OPEN:
        return redirect("exams:result", public_id)
    questions = queries.questions_of(found)
    context = {
        "attempt": found,
        "unanswered": [q.position for q in questions if not q.answered],
        "total": len(questions),
        "is_over": queries.is_overdue(found, found.now),  # type: ignore[attr-defined]
        "remaining": queries.remaining_seconds(found),
        "is_pupil": found.enrolment.programme.is_for_pupils,
    }
    return render(request, "exams/submit.html", context)


@require_safe
@private
def result(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What came of it. Only the learner reads this page."""
    found = queries.own_attempt(user=request.user, public_id=public_id)
    if found.state == AttemptState.OPEN:
        return redirect("exams:attempt", public_id)
    if found.state == AttemptState.VOID:
        return problem(request, "void", 403, attempt=found)
    context: dict[str, Any] = {"attempt": found, "is_pupil": found.enrolment.programme.is_for_pupils}
    if found.paper.mode == PaperMode.EXAM:
        context["result"] = queries.result_of(found)
        return render(request, "exams/result.html", context)
    if found.paper.mode == PaperMode.SURVEY:
        context["answers"] = queries.survey_answers(found)
    return render(request, "exams/done.html", context)


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
