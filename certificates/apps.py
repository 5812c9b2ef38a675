"""App configuration."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    """Certificates of completion."""

    name = "certificates"

    def ready(self) -> None:
        """Hear who goes on in their programmes, do the background work, say what is held about people."""
        from certificates import actions, personal, tasks
        from certificates.steps import CertificateDuties
        from cms import registry as site
        from foundation.jobs import registry as jobs
        from notifications import registry as kinds
        from privacy import registry as privacy
        from programmes.contracts import register_duties, register_went_on

        jobs.register(actions.ISSUE_JOB, apply=tasks.issue)
        jobs.register("certificates.issue_due", compute=tasks.issue_due)
        jobs.register("certificates.tell_of_ends", compute=tasks.tell_of_ends)
        kinds.register(actions.ISSUED, label=_("certificate issued"), is_calm=True)
        kinds.register(actions.ENDING, label=_("certificate ends soon"), is_required=False, is_calm=True)
        kinds.register(actions.REVOKED, label=_("certificate revoked"))
        register_went_on("certificates", _queue)
        register_duties(CertificateDuties())
        privacy.providers["certificates"] = personal.CertificateData()
        privacy.rules["certificates"] = privacy.Rule(
            "certificates",
            _("names in certificates, from their last day"),
            "CERTIFICATE_KEEP_DAYS",
            personal.certificates_due,
            personal.forget_certificates,
        )
        site.grant(site.CREDIT_OFFICE, "certificates.view_certificate", "certificates.revoke_certificate")


def _queue(enrolment_ids: Sequence[int]) -> None:
    from certificates.actions import queue_issuing

    queue_issuing(enrolment_ids=enrolment_ids)
