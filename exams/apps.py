"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    """Item bank, drills and exams."""

    name = "exams"

    def ready(self) -> None:
        """Answer for the steps that exams owns, do its background work, say who may do what in the admin."""
        from accounts import registry as sign_in
        from exams import personal, queries, tasks
        from exams.steps import ExamDuties, ExamResults, PaperConfigurator, PaperHandler
        from privacy import registry as privacy
        from programmes.contracts import register, register_configurator, register_duties, register_results

        for kind in ("drill", "exam", "survey"):
            register(PaperHandler(kind))
            register_configurator(PaperConfigurator(kind))
        tasks.register_all()
        privacy.providers["exams"] = personal.ExamData()
        privacy.rules["exams.answers"] = privacy.Rule(
            "exams.answers",
            _("answers in exams and drills, after the programme has ended"),
            "EXAM_ANSWER_KEEP_DAYS",
            personal.answers_due,
            personal.forget_answers,
        )
        register_duties(ExamDuties())
        sign_in.busy["exams"] = queries.is_sitting
        register_results(ExamResults())
        _keep_the_pool(self)
        _name_the_messages()
        _grant_rights()


def _grant_rights() -> None:
    from cms import registry

    registry.grant(registry.BANK_AUTHOR, *_all_of("bank", "item", "itemversion", "knowledgepoint"))
    registry.grant(
        registry.EXAM_MANAGER,
        *_all_of("bank", "item", "itemversion", "knowledgepoint", "blueprint", "paper"),
        *_all_of("sittingrules", "session", "extratime"),
        "exams.add_extraattempt",
        "exams.view_extraattempt",
        "exams.mark_answers",
        "exams.view_scores",
        "exams.view_paperanalysis",
        "exams.add_regrade",
        "exams.view_appeal",
        "exams.add_appealdecision",
    )
    registry.grant(registry.MARKER, "exams.mark_answers")


def _name_the_messages() -> None:
    from exams.actions import telling
    from notifications import registry

    registry.register(telling.RETURNED, label=_("my items returned by review"), is_required=False, is_calm=True)
    registry.register(telling.COMMENTED, label=_("comments on my items"), is_required=False, is_calm=True)


def _keep_the_pool(config: AppConfig) -> None:
    """Triggers stay off while tables are remade."""
    from exams.models import triggers

    def before(using: str, **kwargs: object) -> None:
        triggers.remove(using=using)

    def after(using: str, **kwargs: object) -> None:
        triggers.install(using=using)

    pre_migrate.connect(before, sender=config, dispatch_uid="exams.pool", weak=False)
    post_migrate.connect(after, sender=config, dispatch_uid="exams.pool", weak=False)


def _all_of(*models: str) -> list[str]:
    """Rights to add, change and view each of `models`."""
    return [f"exams.{verb}_{model}" for model in models for verb in ("add", "change", "view")]
