"""The audit log. An action inserts an unchained row in its own transaction; a job seals rows into a hash chain."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.writeonce import ALL, protect


class Entry(models.Model):
    """Who did what to what, when, from where. Never changed, never deleted.

    The actor is text and id without a foreign key: the entry outlives the person's account.
    Personal values in `details` are salted commitments, so that erasing a person breaks no chain.
    """

    at = models.DateTimeField(_("when"), db_index=True)
    actor_id = models.BigIntegerField(_("actor id"), null=True)
    actor = models.CharField(_("actor"), max_length=150)
    action = models.CharField(_("action"), max_length=80)
    target = models.CharField(_("target"), max_length=120)
    details = models.JSONField(_("details"), default=dict)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    succeeded = models.BooleanField(_("succeeded"), default=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["target", "-id"], name="audit_by_target")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action} {self.target}"


class Link(models.Model):
    """One sealed entry: its place in the chain and SHA-256(previous hash || canonical entry)."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", verbose_name=_("entry"))
    position = models.BigIntegerField(_("position"), unique=True)
    digest = models.CharField(_("chain hash"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        verbose_name = _("audit chain link")
        verbose_name_plural = _("audit chain links")

    def __str__(self) -> str:
        return f"{self.position}: {self.digest[:12]}"


protect("audit.Entry", frozen=ALL)
protect("audit.Link", frozen=ALL)
