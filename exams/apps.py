"""App configuration."""

from typing import Any

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    """Item bank, drills and exams."""

    name = "exams"

    def ready(self) -> None:
        """Answer for the steps that exams owns, and for the job that closes overdue attempts."""
        from cms import registry
        from exams.actions import sweep_overdue
        from exams.steps import PaperConfigurator, PaperHandler
        from foundation.jobs.registry import register as register_job
        from programmes.contracts import register, register_configurator

        for kind in ("drill", "exam", "survey"):
            register(PaperHandler(kind))
            register_configurator(PaperConfigurator(kind))

        def sweep(payload: dict[str, Any]) -> int:
            return sweep_overdue()

        register_job("exams.sweep", compute=sweep)
        registry.grant(registry.BANK_AUTHOR, *_all_of("bank", "item", "itemversion", "knowledgepoint"))
        registry.grant(
            registry.EXAM_MANAGER,
            *_all_of("bank", "item", "itemversion", "knowledgepoint", "blueprint", "paper"),
            "exams.add_extraattempt",
            "exams.view_extraattempt",
        )


def _all_of(*models: str) -> list[str]:
    """Rights to add, change and view each of `models`."""
    return [f"exams.{verb}_{model}" for model in models for verb in ("add", "change", "view")]
