"""The learner's reader. Every address passes the gate, every time."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import SignedInRequest
from courses import actions, steps
from courses.blocks import sections_of
from courses.models import LessonPage
from courses.queries import dressed, find_lesson, lesson_state, next_lesson, outline
from courses.queries.reader import latest_played
from courses.views.refusals import BadBody, body_of, is_json, refuse
from organisations.queries import led_by


def course_entry(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """Go on where the learner left off."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id, reading=True)
    lesson = next_lesson(entry.course, entry.enrolment.pk)
    if lesson is None:
        return render(request, "courses/no_lessons.html", {"course": entry.course})
    return redirect("courses:lesson", step_public_id, lesson.slug)


@login_required
@require_GET
def lesson(request: SignedInRequest, step_public_id: str, slug: str) -> HttpResponse:
    """One lesson with the learner's record in it."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id, reading=True)
    page = _lesson_or_404(entry, slug)
    actions.open_lesson(enrolment=entry.enrolment, lesson=page)
    enrolment_id = entry.enrolment.pk
    state = lesson_state(enrolment_id=enrolment_id, lesson=page, course=entry.course, now=timezone.now())
    items = outline(entry.course, enrolment_id=enrolment_id, current_id=page.pk)
    context = {
        "lesson": page,
        "course": entry.course,
        "sections": dressed(state.sections),
        "outline": items,
        **neighbours(items, page),
        "reader": {"entry": entry, "step": entry.step, "state": state},
        "may_show": led_by(request.user).exists(),
        "played": latest_played(enrolment_id, page) if entry.course.no_seek else {},
    }
    return render(request, "courses/lesson.html", context)


def neighbours(items: list[Any], page: LessonPage) -> dict[str, Any]:
    """The lessons before and after `page`, and its number."""
    place = next(n for n, item in enumerate(items) if item.lesson.pk == page.pk)
    return {
        "number": place + 1,
        "previous_lesson": items[place - 1].lesson if place else None,
        "following_lesson": items[place + 1].lesson if place + 1 < len(items) else None,
    }


@login_required
@require_GET
def projector(request: SignedInRequest, step_public_id: str, slug: str) -> HttpResponse:
    """One section a screen, for a class; nobody's record is on it. Teachers and coordinators need no enrolment."""
    if led_by(request.user).exists():
        course, back = steps.course_of_step(step_public_id), reverse("programmes:my-learning")
    else:
        course = steps.enter(user=request.user, step_public_id=step_public_id, reading=True).course
        back = reverse("courses:lesson", args=[step_public_id, slug])
    page = find_lesson(course, slug)
    if page is None:
        raise Http404(slug)
    context = {"lesson": page, "course": course, "sections": dressed(sections_of(page.body)), "back": back}
    return render(request, "courses/projector.html", {**context, "reader": None, "projector": True})


@login_required
@require_POST
def sections(request: SignedInRequest, step_public_id: str, slug: str) -> HttpResponse:
    """Mark sections read: a button in a form, or a list of ids in JSON from the reader's script."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id)
    page = _lesson_or_404(entry, slug)
    try:
        ids = _section_ids(body_of(request))
        complete = actions.read_sections(enrolment=entry.enrolment, lesson=page, section_ids=ids)
    except BadBody:
        return refuse(request, "bad-request", 400)
    except actions.NotInLesson:
        return refuse(request, "not-in-lesson", 409)
    except actions.CheckInRequired:
        return refuse(request, "check-in-required", 409)
    except actions.FilmNotPlayed:
        return refuse(request, "film-not-played", 409)
    if is_json(request):
        return JsonResponse({"complete": complete})
    return _back(step_public_id, slug, f"s-{ids[-1]}")


@login_required
@require_POST
def answer(request: SignedInRequest, step_public_id: str, slug: str, question_id: str) -> HttpResponse:
    """Answer a check question."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id)
    page = _lesson_or_404(entry, slug)
    try:
        choice = int(request.POST.get("choice", ""))
    except ValueError:
        return refuse(request, "bad-request", 400)
    try:
        actions.answer_question(enrolment=entry.enrolment, lesson=page, question_id=question_id, choice=choice)
    except actions.NotInLesson:
        return refuse(request, "not-in-lesson", 409)
    except actions.CheckInRequired:
        return refuse(request, "check-in-required", 409)
    return _back(step_public_id, slug, f"q-{question_id}")


@login_required
@require_POST
def check_in(request: SignedInRequest, step_public_id: str, slug: str) -> HttpResponse:
    """Check in to a lesson that asks for it (签到)."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id)
    actions.check_in(enrolment=entry.enrolment, lesson=_lesson_or_404(entry, slug))
    return _back(step_public_id, slug, "main")


@login_required
@require_POST
def finish(request: SignedInRequest, step_public_id: str, slug: str) -> HttpResponse:
    """Ask again whether the lesson is complete, once the minimum time has passed."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id)
    actions.finish_lesson(enrolment=entry.enrolment, lesson=_lesson_or_404(entry, slug))
    return _back(step_public_id, slug, "end")


@login_required
@require_POST
def played(request: SignedInRequest, step_public_id: str, slug: str) -> HttpResponse:
    """The player reports how long a film has just run."""
    entry = steps.enter(user=request.user, step_public_id=step_public_id)
    page = _lesson_or_404(entry, slug)
    try:
        body = body_of(request)
        block_id, seconds = str(body["block"]), float(body["seconds"])
        total = actions.report_played(enrolment=entry.enrolment, lesson=page, block_id=block_id, seconds=seconds)
    except actions.NotInLesson:
        return refuse(request, "not-in-lesson", 409)
    except actions.TooFast:
        return refuse(request, "too-fast", 409)
    except (BadBody, KeyError, TypeError, ValueError):
        return refuse(request, "bad-request", 400)
    return JsonResponse({"seconds": total})


def _lesson_or_404(entry: steps.CourseEntry, slug: str) -> LessonPage:
    """The lesson of the course of this step. Raises Http404."""
    page = find_lesson(entry.course, slug)
    if page is None:
        raise Http404(slug)
    return page


def _section_ids(body: dict[str, Any]) -> list[str]:
    """Section ids from `section` (form) or `sections` (JSON). Raises BadBody."""
    ids = body.get("sections", [body.get("section")])
    if not isinstance(ids, list) or not ids or not all(isinstance(i, str) and i for i in ids):
        raise BadBody("sections")
    return ids


def _back(step_public_id: str, slug: str, anchor: str) -> HttpResponse:
    """To the same place in the lesson."""
    response = redirect("courses:lesson", step_public_id, slug)
    response["Location"] += f"#{anchor}"
    return response
