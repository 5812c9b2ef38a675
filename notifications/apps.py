"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Messages to people, each channel with a delivery log."""

    name = "notifications"

    def ready(self) -> None:
        """Register a job for each channel that copies of messages leave by."""
        from foundation.jobs import registry
        from notifications.actions import JOBS
        from notifications.tasks import Sender

        for channel, kind in JOBS.items():
            sender = Sender(channel)
            registry.register(kind, compute=sender.send, apply=sender.log)
