"""App configuration."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """The five steps in order: programmes, enrolments and what is complete."""

    name = "programmes"

    def ready(self) -> None:
        """Register the background job, and say who manages programmes in the admin."""
        from cms import registry as site
        from foundation.jobs import registry as jobs
        from programmes import tasks
        from programmes.actions import ENROL_JOB

        jobs.register(ENROL_JOB, apply=tasks.enrol_unit)
        for group in (site.CREDIT_OFFICE, site.EXAM_MANAGER):
            site.grant(group, "programmes.add_programme", "programmes.change_programme", "programmes.view_programme")
