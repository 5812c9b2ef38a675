"""App configuration."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """The five steps in order: programmes, enrolments and what is complete."""

    name = "programmes"
