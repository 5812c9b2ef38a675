"""App configuration."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Deeds recorded against the promises of a letter."""

    name = "practice"

    def ready(self) -> None:
        """Answer for steps of kind "practise", in the admin too, and for what waits for those who lead units."""
        from practice.steps import ConfirmationDuties, PractiseConfigurator, PractiseHandler
        from programmes.contracts import register, register_configurator, register_duties

        register(PractiseHandler())
        register_configurator(PractiseConfigurator())
        register_duties(ConfirmationDuties())
