"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Messages to people, each channel with a delivery log."""

    name = "notifications"
