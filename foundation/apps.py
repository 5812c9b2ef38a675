"""App configuration: write-once triggers are put back after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from foundation.writeonce import install_triggers


class FoundationConfig(AppConfig):
    """What everything stands on, and nothing of the domain."""

    name = "foundation"

    def ready(self) -> None:
        """SQLite rebuilds a table to alter it, which drops its triggers: install them again each time."""
        post_migrate.connect(_after_migrate, dispatch_uid="foundation.writeonce")


def _after_migrate(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Install the triggers of the app that was just migrated."""
    install_triggers(using=using, app_label=sender.label)
