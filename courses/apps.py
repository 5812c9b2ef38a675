"""App configuration."""

from functools import partial
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    """Learn and train: courses, lessons, training sessions."""

    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        """Answer for steps of two kinds, render courseware, and hand books and search results to the public site."""
        from wagtail.signals import page_published

        from cms import registry
        from cms.queries import search_pages
        from courses import actions, pdf, personal, tasks
        from courses.models import CoursePage, LessonPage
        from courses.queries import newest_books
        from courses.queries.hours import CourseHours
        from courses.steps import BookingDuties, CourseHandler, SessionHandler
        from courses.steps.asking import CourseConfigurator, SessionConfigurator
        from foundation.jobs.registry import register as register_job
        from notifications import registry as kinds
        from privacy import registry as privacy
        from programmes.contracts import register, register_configurator, register_duties, register_hours

        register(CourseHandler())
        register(SessionHandler())
        register_configurator(CourseConfigurator())
        register_configurator(SessionConfigurator())
        privacy.providers["courses"] = personal.CourseData()
        register_job(actions.RENDER_JOB, compute=pdf.render_courseware, apply=_store_sheets, max_attempts=3)
        register_job(actions.SWEEP_JOB, apply=_sweep_upload)
        register_job("courses.tell_tomorrow", compute=tasks.tell_tomorrow)
        register_duties(BookingDuties())
        register_hours(CourseHours())
        kinds.register("courses.booked", label=_("training booked by one's unit"))
        kinds.register("courses.session_tomorrow", label=_("training tomorrow"), is_urgent=True)
        page_published.connect(_lesson_published, sender=LessonPage, dispatch_uid="courses.courseware")
        for group in (registry.CREDIT_OFFICE, registry.EXAM_MANAGER):
            registry.grant(group, *(f"courses.{verb}_trainingsession" for verb in ("add", "change", "view")))
        registry.shelves["courses"] = newest_books
        registry.search_providers["courses"] = registry.SearchProvider(
            key="courses", label=_("Courses"), search=partial(search_pages, CoursePage), order=10
        )


def _store_sheets(payload: dict[str, Any], result: Any) -> None:
    """The short half of rendering courseware."""
    from courses import actions

    actions.store_sheets(payload=payload, rendering=result)


def _lesson_published(sender: type, instance: Any, **kwargs: object) -> None:
    """Wagtail published a lesson, by hand, by review or by schedule: its courseware must be ready to show."""
    from courses import actions

    actions.prepare_courseware(by=None, lesson=instance)


def _sweep_upload(payload: dict[str, Any], result: Any) -> None:
    """An upload was begun two days ago."""
    from courses import actions

    actions.sweep_upload(upload_id=payload["upload"], file_name=payload["file"])
