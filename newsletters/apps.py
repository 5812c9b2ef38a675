"""App configuration."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewslettersConfig(AppConfig):
    """The bulletin 信用工作简报."""

    name = "newsletters"
    verbose_name = _("Bulletin")

    def ready(self) -> None:
        """Register the job, the search provider, the headlines of the home page and the rights of the groups."""
        from wagtail.signals import page_published

        from cms import queries as site
        from cms import registry
        from foundation.jobs.registry import register
        from newsletters import actions, models, queries

        register(actions.PDF_JOB, compute=actions.make_pdf)
        registry.headlines["newsletters"] = queries.newest_headlines
        registry.search_providers["issues"] = registry.SearchProvider(
            key="issues", label=_("Bulletin"), search=partial(site.search_pages, models.IssuePage), order=15
        )
        report = ("newsletters.add_newsitem", "newsletters.change_newsitem", "newsletters.view_newsitem")
        registry.grant(registry.REPORTER, *report)
        registry.grant(registry.CREDIT_OFFICE, *report, "newsletters.decide_newsitem")
        registry.grant(registry.EDITOR, "newsletters.view_newsitem")
        page_published.connect(_published, sender=models.IssuePage, dispatch_uid="newsletters.published")


def _published(sender: type, instance: object, **kwargs: object) -> None:
    """An issue is out: have both forms of its PDF made, so that nobody waits for them."""
    from newsletters import actions
    from newsletters.models import IssuePage

    if isinstance(instance, IssuePage):
        actions.request_pdf(issue=instance, with_matrix=False)
        if instance.matrix_rows.strip():
            actions.request_pdf(issue=instance, with_matrix=True)
