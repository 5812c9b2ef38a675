"""App configuration."""

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    """Item bank, drills and exams."""

    name = "exams"
