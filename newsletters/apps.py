"""App configuration."""

from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    """The bulletin 信用工作简报."""

    name = "newsletters"
