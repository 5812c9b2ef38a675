"""Letters that departments' own systems send us (系统对接) or bring as a table: keys, and what came how."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.writeonce import ALL, protect
from organisations.models import Organisation
from pledges.models.imports import LetterImport
from pledges.models.letters import Letter


class Scope(models.TextChoices):
    """What a key may do."""

    SEND = "send", _("send letters and scans")
    READ = "read", _("ask what became of letters")
    END = "end", _("end letters and record how they were kept")
    HOOKS = "hooks", _("say who is told")


ALL_SCOPES = " ".join(Scope.values)


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
    scopes = models.CharField(_("what it may do"), max_length=40, default=ALL_SCOPES)
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

    @property
    def scope_words(self) -> list[str]:
        """What it may do, in words."""
        return [str(Scope(scope).label) for scope in self.scopes.split()]

    def may(self, scope: Scope) -> bool:
        """The key was given this."""
        return scope.value in self.scopes.split()


class Submission(models.Model):
    """Which key sent a letter, or which table brought it, and the unit's own code for it: sent again, it is the same
    letter."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="submission", verbose_name=_("letter"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepting unit")
    )
    source_code = models.CharField(_("the sender's code"), max_length=64)
    digest = models.CharField(_("hash of what was sent"), max_length=64)
    key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("key")
    )
    batch = models.ForeignKey(
        LetterImport,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("import of letters"),
    )
    received_at = models.DateTimeField(_("received"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("letter sent by a department")
        verbose_name_plural = _("letters sent by departments")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source_code"], name="submission_once_per_source_code"),
            models.CheckConstraint(
                condition=Q(key=None, batch__isnull=False) | Q(key__isnull=False, batch=None),
                name="submission_by_a_key_or_a_table",
            ),
        ]

    def __str__(self) -> str:
        return self.source_code


class SubmissionScan(models.Model):
    """The stamped scan of a letter that was sent. In private storage; public as the letter is."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="sent_scan", verbose_name=_("letter"))
    file = models.CharField(_("file"), max_length=200)
    media_type = models.CharField(_("type"), max_length=20)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    received_at = models.DateTimeField(_("received"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("scan sent by a department")
        verbose_name_plural = _("scans sent by departments")

    def __str__(self) -> str:
        return self.file


protect(
    "pledges.ApiKey",
    frozen=["prefix", "secret_sha256", "organisation", "name", "scopes", "created_by", "created_at"],
)
protect("pledges.SubmissionScan", frozen=ALL, deletable=True)
protect("pledges.Submission", frozen=ALL)
