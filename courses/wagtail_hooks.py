"""Where Wagtail meets courses: who may see a page at its own address."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page

from courses.models import CourseIndexPage, CoursePage, LessonPage
from courses.views import pages
from courses.views.evaluation import evaluation_results

VIEWS = {CourseIndexPage: pages.index, CoursePage: pages.course, LessonPage: pages.lesson}


@hooks.register("before_serve_page")
def serve_course_pages(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Our own view for our pages, so that the gate stands before a lesson at every address."""
    view = VIEWS.get(type(page))
    return view(request, page) if view else None


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Pages of our own under /admin/."""
    return [path("courses/<int:course_id>/evaluation/", evaluation_results, name="course-evaluation")]


@hooks.register("register_page_listing_more_buttons")
def evaluation_button(page: Page, user: Any, next_url: str | None = None, **kwargs: Any) -> Iterator[Button]:
    """Leads from a course in the page list to its results."""
    if isinstance(page, CoursePage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Course evaluation"),
            reverse("course-evaluation", args=[page.pk]),
            icon_name="clipboard-list",
            priority=60,
        )
