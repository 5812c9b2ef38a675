"""What the Wagtail addresses of courses and lessons show: the shelf, a course, a lesson that anyone may read."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from courses.blocks import sections_of
from courses.models import Audience, CourseIndexPage, CoursePage, LessonPage
from courses.queries import cards, course_of, dressed, listed_courses, outline
from courses.steps import StepUnknown, assigned_courses
from courses.views.reader import neighbours

COURSES_PER_PAGE = 12


def index(request: HttpRequest, page: CourseIndexPage) -> HttpResponse:
    """All courses, by audience and by words in the title."""
    audience = request.GET.get("audience", "")
    if audience not in Audience.values:
        audience = ""
    text = request.GET.get("q", "").strip()[:60]
    paged = Paginator(listed_courses(page, audience=audience, text=text), COURSES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "audiences": Audience.choices,
        "audience": audience,
        "text": text,
        "paged": paged,
        "cards": cards(list(paged.object_list), assigned_courses(request.user)),
    }
    return render(request, "courses/course_index_page.html", context)


def course(request: HttpRequest, page: CoursePage) -> HttpResponse:
    """One course: what it is about, its lessons, and the way in."""
    assigned = assigned_courses(request.user).get(page.pk)
    items = outline(page, enrolment_id=assigned.enrolment_id if assigned else None, current_id=None)
    context = {
        "page": page,
        "course": page,
        "outline": items,
        "assigned": assigned,
        "minutes": sum(item.lesson.minutes for item in items),
        "done": sum(item.state == "done" for item in items),
    }
    return render(request, "courses/course_page.html", context)


def lesson(request: HttpRequest, page: LessonPage) -> HttpResponse:
    """A lesson at its own address: readable by anyone if the course is public and by its editors; others are led to
    their step, or told that there is none. Raises StepUnknown."""
    parent = course_of(page)
    assigned = assigned_courses(request.user).get(parent.pk)
    if assigned is not None:
        return redirect("courses:lesson", assigned.step_public_id, page.slug)
    if not (parent.is_public or page.permissions_for_user(request.user).can_edit()):
        raise StepUnknown(page.slug)
    items = outline(parent, enrolment_id=None, current_id=page.pk)
    context = {
        "page": page,
        "lesson": page,
        "course": parent,
        "sections": dressed(sections_of(page.body)),
        "outline": items,
        **neighbours(items, page),
        "reader": None,
    }
    return render(request, "courses/lesson.html", context)
