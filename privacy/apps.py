"""App configuration."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Copies of one's data, erasure, retention."""

    name = "privacy"

    def ready(self) -> None:
        """Do our background work, and answer for the apps below, which cannot know this one."""
        from django.utils.translation import gettext_lazy as _

        from foundation.jobs.registry import register
        from notifications import registry as kinds
        from privacy import personal, registry, tasks
        from privacy.actions import EXPORT_JOB

        register(EXPORT_JOB, compute=tasks.make_export, apply=tasks.keep_export)
        register("privacy.prune", compute=tasks.prune)
        kinds.register("privacy.export_ready", label=_("copy of one's data is ready"))
        kinds.register("privacy.erasure_refused", label=_("request for erasure refused"))
        registry.providers["accounts"] = personal.AccountData()
        registry.providers["notifications"] = personal.MessageData()
        registry.rules["notifications.messages"] = registry.Rule(
            "notifications.messages",
            _("messages and the log of their copies"),
            "MESSAGE_KEEP_DAYS",
            personal.old_messages,
            personal.forget_messages,
        )
