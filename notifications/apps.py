"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Messages to people, each channel with a delivery log."""

    name = "notifications"

    def ready(self) -> None:
        """Register the job that copies a message by e-mail."""
        from foundation.jobs import registry
        from notifications import tasks
        from notifications.actions import EMAIL_JOB

        registry.register(EMAIL_JOB, compute=tasks.send_email, apply=tasks.log_sent)
