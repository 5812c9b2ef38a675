"""App configuration."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Learn and train: courses, lessons, training sessions."""

    name = "courses"
