"""App configuration."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The tree of units and who belongs where."""

    name = "organisations"

    def ready(self) -> None:
        """Do our background work. Imported here: models are not loaded before."""
        from organisations import tasks

        tasks.register_all()
