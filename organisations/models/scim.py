"""Systems of personnel departments that keep people by SCIM: their keys, and their own names for people."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.writeonce import protect
from organisations.models.tree import Organisation


class ScimKey(models.Model):
    """A key with which a system keeps the people of one unit and everything below it. Only a hash is stored.

    To change a key, make the new one first: both work until the old one is revoked.
    """

    prefix = models.CharField(_("beginning of the key"), max_length=8, unique=True)
    secret_sha256 = models.CharField(_("hash of the secret"), max_length=64)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit with everything below it")
    )
    name = models.CharField(_("what it is for"), max_length=80)
    may_write = models.BooleanField(_("may change people"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
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
        verbose_name = _("key of a personnel system")
        verbose_name_plural = _("keys of personnel systems")
        constraints = [
            models.CheckConstraint(
                condition=Q(("secret_sha256__regex", r"^[0-9a-f]{64}$")), name="scim_key_secret_hashed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"


class ScimRecord(models.Model):
    """What the system of `organisation` calls a person (`externalId`), and whether it has taken the person out.

    Somebody taken out is closed, not erased: who comes back gets the old account again, with all that was learned.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit with everything below it")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    external_id = models.CharField(_("name in that system"), max_length=100, blank=True)
    removed_at = models.DateTimeField(_("taken out"), null=True, blank=True)

    class Meta:
        verbose_name = _("person of a personnel system")
        verbose_name_plural = _("people of personnel systems")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="scim_record_once"),
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                condition=~Q(external_id="") & Q(removed_at=None),
                name="scim_record_external_id_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.external_id}"


protect(
    "organisations.ScimKey",
    frozen=["prefix", "secret_sha256", "organisation", "name", "may_write", "created_at"],
)
