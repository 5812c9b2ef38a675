"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class OrganisationsConfig(AppConfig):
    """The tree of units and who belongs where."""

    name = "organisations"

    def ready(self) -> None:
        """Do our background work; keep loops out of the tree. Imported here: models are not loaded before."""
        from django.utils.translation import gettext_lazy as _

        from notifications import registry as messages
        from organisations import personal, tasks
        from organisations.actions.roster_telling import ROSTER_KIND
        from privacy import registry as privacy

        tasks.register_all()
        messages.register(ROSTER_KIND, label=_("a roster is read or in"), is_required=False)
        privacy.providers["organisations"] = personal.UnitData()
        privacy.minors_figures["organisations"] = personal.consents_of
        privacy.rules["organisations.leavers"] = privacy.Rule(
            "organisations.leavers",
            _("accounts of pupils who have left"),
            "LEAVER_KEEP_DAYS",
            personal.leavers_due,
            personal.erase_leavers,
        )
        pre_migrate.connect(_before_migrate, sender=self, dispatch_uid="organisations.before")
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="organisations.after")


def _before_migrate(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Triggers stay off while tables are remade."""
    from organisations.models import loops

    loops.remove(using=using)


def _after_migrate(sender: AppConfig, using: str, **kwargs: object) -> None:
    """The tree is guarded, the list of key professions has at least what the national guideline names, and there is a
    letter to parents."""
    from organisations import actions
    from organisations.models import loops

    loops.install(using=using)
    actions.set_up_professions(using=using)
    actions.set_up_consent_text(using=using)
