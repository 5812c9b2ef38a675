"""Where Wagtail meets courses: who may see a page at its own address."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from accounts.models import SignedInRequest
from courses.actions import prepare_courseware
from courses.admin import choosing, sessions
from courses.models import CourseIndexPage, CoursePage, LessonPage, TrainingSession
from courses.queries.records import has_records
from courses.views import pages, uploads
from courses.views.evaluation import evaluation_results

register_permission_policy(TrainingSession, sessions.Cancelled(TrainingSession))

VIEWS = {CourseIndexPage: pages.index, CoursePage: pages.course, LessonPage: pages.lesson}


@hooks.register("before_serve_page")
def serve_course_pages(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Our own view for our pages, so that the gate stands before a lesson at every address."""
    view = VIEWS.get(type(page))
    return view(request, page) if view else None


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Pages of our own under /admin/."""
    return [
        path("courses/<int:course_id>/evaluation/", evaluation_results, name="course-evaluation"),
        path("courses/steps/<int:step_id>/course/", choosing.CourseStepView.as_view(), name="course-step"),
        path("courses/steps/<int:step_id>/sessions/", choosing.SessionStepView.as_view(), name="session-step"),
        path("training-sessions/<int:pk>/open/", sessions.open_session, name="open-session"),
        path("training-sessions/<int:pk>/close/", sessions.close_session, name="close-session"),
        path("training-sessions/<int:pk>/cancel/", sessions.cancel_session, name="cancel-session"),
        path("courses/upload/", uploads.upload_page, name="course-upload"),
        path("courses/uploads/", uploads.start, name="course-upload-start"),
        path("courses/uploads/<slug:upload_id>/", uploads.piece, name="course-upload-piece"),
        path("courses/uploads/<slug:upload_id>/finish/", uploads.finish, name="course-upload-finish"),
    ]


@hooks.register("register_admin_viewset")
def register_sessions() -> sessions.SessionViewSet:
    """Training sessions: list and forms."""
    return sessions.SessionViewSet()


@hooks.register("register_admin_menu_item")
def upload_menu_item() -> MenuItem:
    """Leads to the page for long videos."""
    return UploadMenuItem(_("Upload a long video"), reverse("course-upload"), icon_name="upload", order=350)


class UploadMenuItem(MenuItem):
    """Shown to those who may add media."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether `request`'s user may add media."""
        return bool(request.user.has_perm("wagtailmedia.add_media"))


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


@hooks.register("before_publish_page")
def release_needs_review(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Whatever rights somebody has: courses and lessons are published by their review and in no other way."""
    if not isinstance(page, CoursePage | LessonPage) or not page.has_workflow:
        return None
    messages.error(request, _("Courses and lessons are released by the leading group: please submit for review."))
    return redirect("wagtailadmin_pages:edit", page.pk) if page.pk else redirect("wagtailadmin_home")


@hooks.register("before_bulk_action")
def bulk_release_needs_review(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponse | None:
    """The same for many pages at once, and for what lies below them if that is to be published too."""
    pages = [page for page in objects if isinstance(page, Page)]
    if action_type != "publish":
        return None
    if action.cleaned_form.cleaned_data.get("include_descendants"):
        drafts = [page.get_descendants().not_live().type(CoursePage, LessonPage) for page in pages]
        pages += [draft for found in drafts for draft in found]
    return next((answer for page in pages if (answer := release_needs_review(request, page.specific))), None)


@hooks.register("before_delete_page")
def keep_what_was_learnt(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A page that learners have records of is unpublished, not deleted: the records name it."""
    if not has_records(page):
        return None
    messages.error(request, _("Learners have records of this page. Unpublish it instead of deleting it."))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def render_courseware_of_drafts(request: SignedInRequest, page: Page) -> None:
    """So that the preview of a draft shows its courseware too."""
    if isinstance(page, LessonPage):
        prepare_courseware(by=request.user, lesson=page.get_latest_revision_as_object())
