"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.audit.registry import register as audit_link
from foundation.jobs.registry import register as register_job
from notifications.registry import register as register_message
from privacy import registry as privacy
from programmes.contracts import register as register_step
from programmes.contracts import register_configurator, register_duties, register_promises


class PledgesConfig(AppConfig):
    """Commitment letters, their registry and PDF."""

    name = "pledges"

    def ready(self) -> None:
        """Answer for pledge steps, do the background work, hand letters down to the site. Models load before this."""
        from pledges import personal, queries, search, tasks
        from pledges.steps import LetterDuties, LetterPromises, PledgeConfigurator, PledgeHandler

        audit_link("pledges.Letter", queries.evidence_link)
        privacy.providers["pledges"] = personal.LetterData()
        privacy.rules["pledges.evidence"] = privacy.Rule(
            "pledges.evidence",
            _("sealed evidence of signatures, after the letter's last day"),
            "LETTER_EVIDENCE_KEEP_DAYS",
            personal.evidence_due,
            personal.forget_evidence,
        )
        register_step(PledgeHandler())
        register_configurator(PledgeConfigurator())
        register_promises(LetterPromises())
        register_duties(LetterDuties())
        register_message("pledges.answered", label=_("Answers to objections"))
        register_message("pledges.published", label=_("a letter is public"), is_calm=True, is_required=False)
        wordings = _("my wordings of letters returned by review")
        register_message("pledges.wording_returned", label=wordings, is_calm=True, is_required=False)
        register_job("pledges.publish", compute=tasks.keep_log_up, apply=tasks.publish)
        register_job("pledges.render_pdf", compute=tasks.render, apply=tasks.keep_pdf)
        register_job("pledges.log_letters", compute=tasks.log_letters)
        register_job("pledges.expire", compute=tasks.expire)
        register_job("pledges.copies", compute=tasks.make_copies, apply=tasks.keep_copies)
        register_job("pledges.tidy", apply=tasks.tidy)
        register_job("pledges.hide_limited", compute=tasks.hide_limited)
        register_job("pledges.missing_pdfs", apply=tasks.missing_pdfs)
        register_job("pledges.prolong_seals", compute=tasks.prolong_seals)
        register_job("pledges.prolong_pdf", compute=tasks.prolong, apply=tasks.keep_prolonged)
        register_job("pledges.keep_list", compute=tasks.keep_list)
        register_job("pledges.tell", apply=tasks.tell)
        register_job("pledges.deliver", compute=tasks.deliver, apply=tasks.note_delivery)
        register_job("pledges.store_import", compute=tasks.store_import)
        register_job("pledges.rewrite_list", compute=tasks.rewrite_list)
        register_job("pledges.compare_list", compute=tasks.compare_list)
        search.register()
