"""App configuration."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Deeds recorded against the promises of a letter."""

    name = "practice"

    def ready(self) -> None:
        """Answer for steps of kind "practise", in the admin too, and for what waits for those who lead units."""
        from django.utils.translation import gettext_lazy as _

        from notifications import registry as kinds
        from practice import personal
        from practice.steps import ConfirmationDuties, PractiseConfigurator, PractiseHandler
        from privacy import registry as privacy
        from programmes.contracts import register, register_configurator, register_duties

        register(PractiseHandler())
        register_configurator(PractiseConfigurator())
        register_duties(ConfirmationDuties())
        kinds.register("practice.returned", label=_("deed sent back"), is_calm=True)
        privacy.providers["practice"] = personal.DeedData()
        privacy.rules["practice.files"] = privacy.Rule(
            "practice.files",
            _("evidence of deeds (files)"),
            "DEED_FILE_KEEP_DAYS",
            personal.files_due,
            personal.forget_files,
        )
