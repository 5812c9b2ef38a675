"""App configuration."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Deeds recorded against the promises of a letter."""

    name = "practice"

    def ready(self) -> None:
        """Answer for steps of kind "practise"."""
        from practice.steps import PractiseConfigurator, PractiseHandler
        from programmes.contracts import register, register_configurator

        register(PractiseHandler())
        register_configurator(PractiseConfigurator())
