"""App configuration."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Deeds recorded against the promises of a letter."""

    name = "practice"
