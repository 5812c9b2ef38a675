"""What makes a letter checkable by a stranger: its signed record, its entry in the public log, its sealed evidence."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ledger.models import LogEntry
from foundation.writeonce import ALL, protect
from pledges.models.letters import Letter


class IssuerKey(models.Model):
    """A public key that has signed records. Rows stay when the key is replaced: old records still name it. A site that
    moves to another host has the same key under two addresses.

    `salt` opens the commitment of its entry in the log.
    """

    method = models.CharField(_("address of the key"), max_length=200, unique=True)
    multibase = models.CharField(_("public key"), max_length=60)
    since = models.DateTimeField(_("in use since"))
    salt = models.BinaryField(_("salt"), max_length=32)
    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, related_name="+", verbose_name=_("log entry"))
    # A revoked key is not in the list of keys any more: what carries only its seal is believed by nobody.
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("issuer key")
        verbose_name_plural = _("issuer keys")

    def __str__(self) -> str:
        return self.method


class PublicRecord(models.Model):
    """The record of a public letter with its issuer's proof, as served, and the salt of its entry in the log.

    Made in the transaction of the signature, before anything is public. A withdrawal deletes the row: without the salt
    the entry says nothing to anybody, for ever.
    """

    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, related_name="public_record", verbose_name=_("letter")
    )
    body = models.TextField(_("record as published"))
    salt = models.BinaryField(_("salt"), max_length=32)
    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, related_name="+", verbose_name=_("log entry"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("public record")
        verbose_name_plural = _("public records")
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="public_record_has_a_body")]

    def __str__(self) -> str:
        return str(self.letter_id)


class SealedEvidence(models.Model):
    """The evidence record of a signature, encrypted (AES-256-GCM), and the entry that commits to it.

    Nothing about people under 18 goes into the log, not even a commitment: they have no entry.
    """

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="sealed", verbose_name=_("letter"))
    sealed = models.BinaryField(_("encrypted evidence"))
    entry = models.OneToOneField(
        LogEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("log entry")
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("sealed evidence")
        verbose_name_plural = _("sealed evidence")
        permissions = [("open_evidence", "Can open the evidence of a signature, with a reason")]

    def __str__(self) -> str:
        return str(self.letter_id)


protect("pledges.IssuerKey", frozen=["method", "multibase", "since", "salt", "entry"])
protect("pledges.PublicRecord", frozen=ALL, deletable=True)
protect("pledges.SealedEvidence", frozen=ALL)
