"""App configuration."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Learn and train: courses, lessons, training sessions."""

    name = "courses"

    def ready(self) -> None:
        """Answer for steps of kind "course" and "session"."""
        from courses.steps import CourseHandler, SessionHandler
        from programmes.contracts import register

        register(CourseHandler())
        register(SessionHandler())
