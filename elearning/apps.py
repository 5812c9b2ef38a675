"""The composition root as a Django app: it owns commands that span all others, and says who keeps the tree of units."""

from django.apps import AppConfig


class ElearningConfig(AppConfig):
    """Demo content, server and checks."""

    name = "elearning"

    def ready(self) -> None:
        """The credit office keeps units and people, the organisation department confirms who is who; `organisations`
        stands below the groups and cannot say so."""
        from cms import registry

        registry.grant(registry.CREDIT_OFFICE, "privacy.decide_erasure", "privacy.view_minors")
        registry.grant(registry.CREDIT_OFFICE, "notifications.view_delivery")
        registry.grant(registry.AUDITOR, "privacy.view_minors")
        registry.grant(
            registry.CREDIT_OFFICE,
            *(
                f"organisations.{verb}_{model}"
                for model in ("organisation", "membership", "profession", "guardianconsent", "consenttext")
                for verb in ("add", "change", "view")
            ),
            "organisations.confirm_identity",
            "organisations.view_identityconfirmation",
        )
        registry.grant(registry.ORGANISATION_DEPARTMENT, "organisations.confirm_identity")
