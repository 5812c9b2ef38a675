"""App configuration."""

from functools import partial

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

PUBLISH_JOB = "cms.publish_scheduled"


class CmsConfig(AppConfig):
    """Pages of the public site, cases and search."""

    name = "cms"
    verbose_name = _("Public site")

    def ready(self) -> None:
        """Register what this app contributes, listen to Wagtail's workflow, and set groups up after migrations."""
        from wagtail.models import AbstractPage
        from wagtail.permissions import register_permission_policy
        from wagtail.signals import task_rejected, workflow_approved

        from cms import actions, models, queries, registry
        from cms.backends import ReportingPagePolicy
        from foundation.jobs.registry import register

        for order, (key, label, model) in enumerate(
            [
                ("cases", _("Cases"), models.CasePage),
                ("notices", _("Notices"), models.NoticePage),
                ("handbook", _("Handbook"), models.HandbookChapterPage),
                ("pages", _("Other pages"), models.StandardPage),
            ]
        ):
            registry.search_providers[key] = registry.SearchProvider(
                key=key, label=label, search=partial(queries.search_pages, model), order=20 + order * 10
            )
        registry.grant(registry.EDITOR, "cms.change_sitesettings")
        registry.grant(registry.CREDIT_OFFICE, "cms.change_sitesettings", "jobs.change_job")
        registry.grant(registry.AUDITOR, "audit.view_entry")
        register_permission_policy(AbstractPage, ReportingPagePolicy("wagtailcore.Page"))
        register(PUBLISH_JOB, apply=lambda payload, result: actions.publish_scheduled())
        task_rejected.connect(_returned, dispatch_uid="cms.returned")
        workflow_approved.connect(_accepted, dispatch_uid="cms.accepted")
        # The permissions of every app exist only when the last app with models has been migrated.
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        post_migrate.connect(_after_migrate, sender=last, dispatch_uid="cms.groups")


def _after_migrate(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Groups, their rights and the review of cases are always as this version wants them."""
    from cms import actions

    actions.set_up_groups(using=using)


def _returned(sender: type, instance: object, user: object, **kwargs: object) -> None:
    """Wagtail's workflow sent something back."""
    from cms import actions

    actions.after_return(task_state=instance, by=user)


def _accepted(sender: type, instance: object, user: object, **kwargs: object) -> None:
    """Wagtail's workflow ended with publication."""
    from cms import actions

    actions.after_acceptance(workflow_state=instance, by=user)
