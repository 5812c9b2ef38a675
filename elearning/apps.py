"""The composition root as a Django app: it owns commands that span all others."""

from django.apps import AppConfig


class ElearningConfig(AppConfig):
    """Demo content, server and checks."""

    name = "elearning"
