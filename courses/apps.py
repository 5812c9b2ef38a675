"""App configuration."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Learn and train: courses, lessons, training sessions."""

    name = "courses"

    def ready(self) -> None:
        """Answer for steps of kind "course" and "session"."""
        from courses.steps import CourseHandler  # noqa: PLC0415
        from programmes.contracts import register  # noqa: PLC0415

        register(CourseHandler())
