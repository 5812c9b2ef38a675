"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    """Read-only screens across all apps."""

    name = "dashboards"
    verbose_name = _("Dashboards")

    def ready(self) -> None:
        """Register the jobs, and lead who leads units here."""
        from dashboards import search, steps, tasks
        from foundation.jobs import registry as jobs
        from programmes import contracts

        jobs.register("dashboards.count_exams", compute=tasks.count_exams)
        contracts.register_workplace(steps.address_of)
        contracts.register_duties(steps.WorkplaceDuties())
        search.register()
