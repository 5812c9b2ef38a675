"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    """Read-only screens across all apps."""

    name = "dashboards"
    verbose_name = _("Dashboards")

    def ready(self) -> None:
        """Register the jobs, and lead who leads units here."""
        from dashboards import actions, personal, search, steps, tasks
        from dashboards.views import shown
        from foundation.jobs import registry as jobs
        from notifications import registry as messages
        from organisations import registry as organisations
        from privacy import registry as privacy
        from programmes import contracts

        jobs.register("dashboards.count_exams", compute=tasks.count_exams)
        jobs.register(actions.REPORT_JOB, compute=tasks.write_report, apply=tasks.finish_report)
        messages.register("dashboards.report", label=_("a report is ready"), is_required=False)
        privacy.providers["dashboards"] = personal.DashboardData()
        privacy.rules["dashboards.reports"] = privacy.Rule(
            "dashboards.reports",
            _("reports for leaders"),
            "REPORT_KEEP_DAYS",
            personal.reports_due,
            personal.forget_reports,
        )
        contracts.register_workplace(steps.address_of)
        contracts.register_duties(steps.WorkplaceDuties())
        organisations.open_tasks["dashboards"] = shown.open_tasks
        search.register()
