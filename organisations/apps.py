"""App configuration."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The tree of units and who belongs where."""

    name = "organisations"
