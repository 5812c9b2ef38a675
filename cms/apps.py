"""App configuration."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Pages of the public site, cases and search."""

    name = "cms"
