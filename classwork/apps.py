"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ClassworkConfig(AppConfig):
    """Class work without network."""

    name = "classwork"
    verbose_name = _("Class work")

    def ready(self) -> None:
        """A link on the page of every class, and the packages' background work."""
        from classwork import actions, personal, tasks
        from foundation.jobs import registry as jobs
        from organisations import registry
        from privacy import registry as privacy

        jobs.register(actions.PACKAGE_JOB, compute=tasks.write_package, apply=tasks.finish_package)
        privacy.rules["classwork.packages"] = privacy.Rule(
            "classwork.packages",
            _("packages of classes"),
            "CLASS_PACKAGE_KEEP_DAYS",
            personal.packages_due,
            personal.forget_packages,
        )
        registry.class_links["classwork"] = _links


def _links(school_class: Any) -> list[tuple[str, str, str]]:
    return [(str(_("Class work without network")), reverse("classwork:modules", args=[school_class.code]), "down")]
