"""What happened to a unit, and who has confirmed who somebody is."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of, together
from foundation.writeonce import ALL, protect
from organisations.models.tree import Organisation


class EventKind(models.TextChoices):
    """What happened."""

    CREATED = "created", pgettext_lazy("unit", "set up")
    CHANGED = "changed", pgettext_lazy("unit", "changed")
    MOVED = "moved", pgettext_lazy("unit", "moved")
    CLOSED = "closed", pgettext_lazy("unit", "closed")
    MERGED = "merged", pgettext_lazy("unit", "merged into another")
    ABSORBED = "absorbed", pgettext_lazy("unit", "took another in")
    HANDED_OVER = "handed", pgettext_lazy("unit", "duty handed over")
    YEAR = "year", pgettext_lazy("unit", "new school year")


class OrganisationEvent(models.Model):
    """One thing that happened to one unit, in its own words: names as they were then. Never changed."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    kind = models.CharField(pgettext_lazy("unit", "what happened"), max_length=8, choices=EventKind)
    at = models.DateTimeField(_("when"))
    actor = models.CharField(pgettext_lazy("unit", "by whom"), max_length=150)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("event of a unit")
        verbose_name_plural = _("events of units")
        constraints = [one_of("kind", EventKind, name="organisation_event_kind_known")]
        indexes = [models.Index(fields=["organisation", "-id"], name="event_by_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"


class IdentityConfirmation(models.Model):
    """The organisation department has confirmed that an account belongs to the person whom it names (身份核定)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("identity confirmed by")
    )
    confirmed_at = models.DateTimeField(_("identity confirmed"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("confirmation withdrawn by"),
    )
    withdrawn_at = models.DateTimeField(_("confirmation withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("identity confirmation")
        verbose_name_plural = _("identity confirmations")
        permissions = [("confirm_identity", "Can confirm who a person is")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(withdrawn_at=None), name="identity_confirmed_once_per_person"
            ),
            together(Q(withdrawn_at__isnull=False), "withdrawn_by", name="identity_withdrawn_by_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)


# A unit that an import made and that stayed empty goes with its history; nothing else is ever deleted.
protect("organisations.OrganisationEvent", frozen=ALL, deletable=True)
protect(
    "organisations.IdentityConfirmation",
    frozen=["user", "confirmed_by", "confirmed_at", "withdrawn_by", "withdrawn_at"],
    deletable=True,  # with the person, when they are erased
    when="OLD.withdrawn_at IS NOT NULL",
)
