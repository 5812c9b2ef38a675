"""App configuration."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """The five steps in order: programmes, enrolments and what is complete."""

    name = "programmes"

    def ready(self) -> None:
        """Register the background job, and say who manages programmes in the admin."""
        from cms import registry as site
        from foundation.jobs import registry as jobs
        from privacy import registry as privacy
        from programmes import personal, tasks
        from programmes.actions import ASSIGN_JOB

        jobs.register(ASSIGN_JOB, apply=tasks.pass_slice)
        jobs.register("programmes.look_again", apply=tasks.look_again)
        jobs.register("programmes.count", compute=tasks.count_completions)
        jobs.register("programmes.remind", compute=tasks.remind)
        jobs.register("programmes.forecast", compute=tasks.forecast)
        jobs.register("programmes.keep_figures", compute=tasks.keep_figures)
        jobs.register("programmes.fold", compute=tasks.fold_tallies)
        privacy.providers["programmes"] = personal.ProgrammeData()
        self._describe_messages()
        for group in (site.CREDIT_OFFICE, site.EXAM_MANAGER):
            site.grant(group, "programmes.add_programme", "programmes.change_programme", "programmes.view_programme")

    def _describe_messages(self) -> None:
        """Reminders are calm. What a required course asks is required; summaries are not."""
        from django.utils.translation import gettext_lazy as _

        from notifications import registry

        registry.register("programmes.assigned", label=_("assigned"), is_calm=True)
        registry.register("programmes.due_soon", label=_("due soon"), is_calm=True)
        registry.register("programmes.due", label=_("due"), is_calm=True, is_urgent=True)
        registry.register("programmes.overdue", label=_("overdue"), is_calm=True, is_urgent=True)
        registry.register("programmes.by_hand", label=_("reminded by hand"), is_calm=True)
        registry.register("programmes.escalated", label=_("people of one's unit who are long overdue"), is_calm=True)
        registry.register("programmes.digest", label=_("weekly summary"), is_calm=True, is_required=False)
