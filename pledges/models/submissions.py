"""Letters that departments' own systems send us (系统对接): their keys, and what came with which."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.writeonce import ALL, protect
from organisations.models import Organisation
from pledges.models.letters import Letter


class ApiKey(models.Model):
    """A key with which one unit's system sends letters in that unit's name. Only a hash of the secret is kept.

    To change a key, make the new one first: both work until the old one is revoked.
    """

    prefix = models.CharField(_("beginning of the key"), max_length=8, unique=True)
    secret_sha256 = models.CharField(_("hash of the secret"), max_length=64)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepting unit")
    )
    name = models.CharField(_("what it is for"), max_length=80)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("key of a department's system")
        verbose_name_plural = _("keys of departments' systems")
        constraints = [
            models.CheckConstraint(
                condition=Q(("secret_sha256__regex", r"^[0-9a-f]{64}$")), name="api_key_secret_hashed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"


class Submission(models.Model):
    """Which key sent a letter, and the sender's own code for it: sent again, it is the same letter."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="submission", verbose_name=_("letter"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepting unit")
    )
    source_code = models.CharField(_("the sender's code"), max_length=64)
    digest = models.CharField(_("hash of what was sent"), max_length=64)
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+", verbose_name=_("key"))
    received_at = models.DateTimeField(_("received"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("letter sent by a department")
        verbose_name_plural = _("letters sent by departments")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source_code"], name="submission_once_per_source_code"),
        ]

    def __str__(self) -> str:
        return self.source_code


protect("pledges.ApiKey", frozen=["prefix", "secret_sha256", "organisation", "name", "created_by", "created_at"])
protect("pledges.Submission", frozen=ALL)
