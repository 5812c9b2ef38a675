"""Certificates and their revocations. Both are facts: written once, and only erasure takes a name out of them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from certificates.contracts import masked, show_number
from foundation.constraints import one_of
from foundation.writeonce import ALL, protect


class State(models.TextChoices):
    """What a certificate is worth today. Nothing stores it: it follows from revocation and days."""

    VALID = "valid", _("valid")
    EXPIRED = "expired", pgettext_lazy("certificate", "expired")
    REVOKED = "revoked", pgettext_lazy("certificate", "revoked")


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Filters."""

    def kept(self) -> "CertificateQuerySet":
        """Those that still name somebody: neither erased nor past the time of retention."""
        return self.exclude(holder_name="")

    def public(self) -> "CertificateQuerySet":
        """What a stranger may check: nothing of minors, classes and units that are never named."""
        return self.kept().filter(is_private=False, holder__age_class="adult")

    def ending(self, today: date, until: date) -> "CertificateQuerySet":
        """Those that end in these days, that no newer one follows and whose holder was not told."""
        found = self.kept().filter(valid_until__range=(today, until), end_told_at=None, revocation=None)
        return found.filter(renewals=None, holder__is_active=True)

    def in_state(self, state: str, today: date) -> "CertificateQuerySet":
        """Those that are valid, expired or revoked on that day."""
        if state == State.REVOKED:
            return self.filter(revocation__isnull=False)
        found, over = self.filter(revocation=None), Q(valid_until__lt=today)
        return found.filter(over) if state == State.EXPIRED else found.filter(Q(valid_until=None) | ~over)


class Certificate(models.Model):
    """One enrolment was completed. Names and titles are as they were on the day of issue.

    `code` is the number on the paper and the address /c/<code>. `is_private`: no stranger is ever told of it.
    """

    code = models.CharField(_("certificate number"), max_length=20, unique=True)
    enrolment = models.OneToOneField(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("holder")
    )
    programme = models.ForeignKey(
        "programmes.Programme", on_delete=models.PROTECT, related_name="+", verbose_name=_("programme")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    holder_name = models.CharField(_("holder's name"), max_length=150, blank=True)
    unit_name = models.CharField(_("unit's name"), max_length=200)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    credit_hours = models.DecimalField(_("credit hours"), max_digits=7, decimal_places=2, null=True, blank=True)
    completed_on = models.DateField(_("completed on"))
    issued_on = models.DateField(_("issued on"))
    issued_at = models.DateTimeField(_("issued"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("renews")
    )
    is_private = models.BooleanField(_("never public"))
    shows_name = models.BooleanField(_("whoever checks it sees the whole name"), default=False)
    end_told_at = models.DateTimeField(_("holder told of its end"), null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{20}$"), name="certificate_code_twenty_digits"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("issued_on")), name="certificate_ends_after_issue"
            ),
            models.CheckConstraint(
                condition=Q(completed_on__lte=F("issued_on")), name="certificate_issued_after_completion"
            ),
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(shows_name=False), name="certificate_private_shows_no_name"
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-issued_at"], name="certificate_by_holder"),
            models.Index(fields=["organisation", "-issued_at"], name="certificate_by_unit"),
        ]
        permissions = [("revoke_certificate", _("Can revoke certificates"))]

    def __str__(self) -> str:
        return self.code

    @property
    def shown_code(self) -> str:
        """The number in groups."""
        return show_number(self.code)

    @property
    def local_title(self) -> str:
        """The title in the language of the reader."""
        return (self.title_en or self.title) if get_language() == "en" else self.title

    @property
    def state(self) -> str:
        """What it is worth today."""
        if getattr(self, "revocation", None) is not None:
            return State.REVOKED
        is_over = self.valid_until is not None and self.valid_until < timezone.localdate()
        return State.EXPIRED if is_over else State.VALID

    @property
    def public_name(self) -> str:
        """What a stranger reads: the whole name only while the holder wants it and the certificate stands."""
        is_whole = self.shows_name and self.state != State.REVOKED
        return self.holder_name if is_whole else masked(self.holder_name)


UNCHANGING = (
    "code", "enrolment", "holder", "programme", "organisation", "holder_name", "unit_name", "title", "title_en",
    "credit_hours", "completed_on", "issued_on", "issued_at", "valid_until", "renews", "is_private",
)  # fmt: skip
protect("certificates.Certificate", frozen=UNCHANGING)


class Reason(models.TextChoices):
    """Why a certificate is taken back, as everybody may read it."""

    ERROR = "error", _("issued by mistake")
    CONDITIONS = "conditions", _("what it certifies was not fulfilled")
    RULES = "rules", _("decided under the rules of the exam")
    REQUEST = "request", _("asked for by the holder")


class Revocation(models.Model):
    """A certificate is worth nothing any more. It stays, and says so. `note` is for the holder and their unit only."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, related_name="revocation", verbose_name=_("certificate")
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    note = models.CharField(pgettext_lazy("certificate", "explanation"), max_length=300)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("revoked by")
    )
    revoked_at = models.DateTimeField(_("revoked on"))

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        constraints = [
            one_of("reason", Reason, name="revocation_reason_known"),
            models.CheckConstraint(condition=~Q(note=""), name="revocation_explained"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.reason}"


protect("certificates.Revocation", frozen=ALL)
