"""App configuration."""

from django.apps import AppConfig


class PledgesConfig(AppConfig):
    """Commitment letters, their registry and PDF."""

    name = "pledges"
