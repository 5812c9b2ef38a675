"""The learner's way in and out: lists, rules, start, result. All pages work as plain forms; scripts only add."""

import logging
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries, steps
from exams.models import AttemptState, PaperMode
from exams.views import door
from exams.views.base import private, problem
from exams.views.drills import drill, drill_feedback
from exams.views.exam import exam
from exams.views.invigilation import manages
from exams.views.refusals import words_of
from exams.views.surveys import survey

logger = logging.getLogger(__name__)


@require_safe
@private
def index(request: SignedInRequest) -> HttpResponse:
    """Every drill, exam and self-assessment of the learner."""
    supervised = queries.sessions_of(request.user, manages=manages(request))
    marks = request.user.has_perm("exams.mark_answers")
    context = {
        "programmes": steps.paper_steps(request.user),
        "supervises": supervised.exists(),
        "is_marker": marks,
        "waiting": queries.waiting_count(request.user) if marks else 0,
    }
    return render(request, "exams/index.html", context)


@require_safe
@private
def step(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """Rules, attempts left, last results, start button."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id, reading=True)
    return rules_page(request, entry)


def rules_page(request: SignedInRequest, entry: steps.OpenStep, error: str = "", status: int = 200) -> HttpResponse:
    """The page before the exam; `error` says what is wrong with the code that was typed."""
    rules = queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk)
    if rules is None:
        return problem(request, "not-ready", 404)
    attempts = list(queries.attempts_at(enrolment_id=entry.enrolment.pk, paper=rules.paper))
    open_attempt = next((a for a in attempts if a.state == AttemptState.OPEN), None)
    context: dict[str, Any] = {"entry": entry, "rules": rules, "paper": rules.paper, "attempts": attempts}
    context |= {"open": open_attempt, "error": error}
    try:
        context["admitted"] = queries.admission(rules)
    except queries.NotAdmitted as refused:
        context["refused"] = words_of(refused.word, refused.at, rules.now)
    return render(request, "exams/step.html", context, status=status)


@require_POST
@private
def start(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """Draw the paper and go to it."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id)
    arrival = door.arrival_of(request)
    if arrival.code and not door.may_try_code(request):
        return rules_page(request, entry, _("Ten wrong codes. Wait ten minutes, then try again."), 429)
    try:
        attempt = actions.start_attempt(entry=entry, arrival=arrival)
    except queries.NotAdmitted as refused:
        return not_admitted(request, entry, refused)
    except actions.PaperNotReady:
        logger.warning("exams: the paper of step %s cannot be drawn", step_public_id)
        return problem(request, "not-ready", 409, step=entry.step)
    response = redirect("exams:attempt", attempt.public_id)
    return door.marked(response, arrival.device) if attempt.device == arrival.device else response


def not_admitted(request: SignedInRequest, entry: steps.OpenStep, refused: queries.NotAdmitted) -> HttpResponse:
    """Say why one may not begin, and when one may."""
    if refused.word == "code-wrong":
        door.wrong_code(request)
        return rules_page(request, entry, _("That is not the code of your session. Ask the invigilator."), 403)
    if refused.word == "code":
        return rules_page(request, entry, _("Type the code that the invigilator shows."), 403)
    return problem(request, refused.word, 403, step=entry.step, at=refused.at)


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
    if found.paper.mode == PaperMode.EXAM and (stopped := door.barrier(request, found)):
        return stopped
    view = {PaperMode.EXAM: exam, PaperMode.DRILL: drill, PaperMode.SURVEY: survey}[PaperMode(found.paper.mode)]
    return view(request, found)


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
    if found.state == AttemptState.MARKING:
        return render(request, "exams/being_marked.html", context | {"waiting": queries.tasks_open(found)})
    if found.paper.mode == PaperMode.EXAM:
        context["result"] = queries.result_of(found)
        context["appeals"] = queries.appeals_at(found)
        context["appeal_until"] = until = queries.appeal_door(found)
        context["appeal_open"] = until is not None and found.now <= until  # type: ignore[attr-defined]
        return render(request, "exams/result.html", context)
    if found.paper.mode == PaperMode.SURVEY:
        context["answers"] = queries.survey_answers(found)
    return render(request, "exams/done.html", context)
