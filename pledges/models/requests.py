"""Letters of organisations: asked for by an accepting unit, signed by the organisation's handler."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of, together
from foundation.identifiers import random_code
from foundation.writeonce import ALL, protect
from organisations.models import validate_uscc
from pledges.models.letters import Letter
from pledges.models.templates import LetterTemplate


def link_token() -> str:
    """24 characters, 120 bits: whoever holds the link is believed to be the handler."""
    return random_code(24)


class RequestState(models.TextChoices):
    """What became of a request."""

    OPEN = "open", _("waiting for the organisation")
    SIGNED = "signed", _("signed")
    CANCELLED = "cancelled", pgettext_lazy("link", "cancelled")


class LetterRequest(models.Model):
    """An accepting unit asks an organisation for a letter. The link goes to its handler, who signs once."""

    token = models.CharField(_("link"), max_length=24, unique=True, default=link_token, editable=False)
    template = models.ForeignKey(
        LetterTemplate, on_delete=models.PROTECT, related_name="+", verbose_name=_("letter template")
    )
    organisation_name = models.CharField(_("organisation"), max_length=200)
    uscc = models.CharField(_("unified social credit code"), max_length=18, validators=[validate_uscc])
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    created_at = models.DateTimeField(_("created"))
    expires_on = models.DateField(_("link works until"))
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="request", verbose_name=_("letter")
    )

    renews = models.ForeignKey(
        Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("renews")
    )

    class Meta:
        verbose_name = _("letter request")
        verbose_name_plural = _("letter requests")
        constraints = [
            one_of("state", RequestState, name="request_state_known"),
            together(Q(state="signed"), "letter", name="request_signed_means_letter"),
        ]
        indexes = [models.Index(fields=["template", "-created_at"], name="request_by_template")]

    def __str__(self) -> str:
        return f"{self.organisation_name} {self.template_id}"


class OrganisationSigning(models.Model):
    """Who signed for an organisation, on what authority, and the stamped scan. Files are in private storage; the
    scan is public only if the handler said so and the letter is.

    What names the handler and the scan are emptied when the letter ends, the name also when the handler is erased; the
    authorisation goes with the sealed evidence.
    """

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="signing", verbose_name=_("letter"))
    handler_name = models.CharField(_("handler"), max_length=60)
    handler_role = models.CharField(pgettext_lazy("handler", "position"), max_length=60)
    is_member = models.BooleanField(_("belongs to the organisation here"))
    authorisation = models.CharField(_("authorisation"), max_length=200, blank=True)
    scan = models.CharField(_("stamped scan"), max_length=200, blank=True)
    scan_type = models.CharField(_("type of the scan"), max_length=20, blank=True)
    scan_sha256 = models.CharField(_("SHA-256 of the scan"), max_length=64, blank=True)
    scan_is_public = models.BooleanField(_("the scan may be public"))

    class Meta:
        verbose_name = _("organisation's signing")
        verbose_name_plural = _("organisations' signings")
        constraints = [
            models.CheckConstraint(
                # A handler of whom nothing is kept any more has none, either.
                condition=Q(is_member=True) | ~Q(authorisation="") | Q(handler_name=""),
                name="signing_member_or_authorised",
            ),
            models.CheckConstraint(condition=Q(scan_is_public=False) | ~Q(scan=""), name="signing_public_scan_exists"),
        ]

    def __str__(self) -> str:
        return str(self.letter_id)


protect(
    "pledges.OrganisationSigning",
    frozen=ALL,
    emptied=[
        "handler_name", "handler_role", "authorisation", "scan", "scan_type", "scan_sha256", "scan_is_public",
    ],
)  # fmt: skip
protect(
    "pledges.LetterRequest",
    frozen=["token", "template", "organisation_name", "uscc", "requested_by", "created_at", "renews"],
)
