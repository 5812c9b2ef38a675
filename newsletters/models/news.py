"""News in brief (工作简讯) as departments report it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of


class NewsState(models.TextChoices):
    """Where a report stands."""

    SUBMITTED = "submitted", _("submitted")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("returned")


class NewsItem(models.Model):
    """One report of a unit: what happened, in a few sentences. Accepted ones can be picked into an issue.

    A returned one says why; its reporter mends it, which submits it again.
    """

    department = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("report", "unit"),
    )
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(pgettext_lazy("report", "text"), max_length=1000)
    happened_on = models.DateField(_("happened on"), null=True, blank=True)
    further_units = models.CharField(_("other reporting units"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=NewsState, default=NewsState.SUBMITTED, editable=False)
    reason = models.TextField(_("reason for the return"), blank=True, max_length=1000, editable=False)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("reported by"),
        editable=False,
    )
    submitted_at = models.DateTimeField(_("submitted"), editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)

    class Meta:
        verbose_name = _("news report")
        verbose_name_plural = _("news reports")
        permissions = [("decide_newsitem", _("Can accept and return news reports"))]
        constraints = [
            one_of("state", NewsState, name="news_state_known"),
            models.CheckConstraint(
                condition=(Q(state="returned") & ~Q(reason="")) | (~Q(state="returned") & Q(reason="")),
                name="news_returned_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_at=None) | (~Q(state="submitted") & Q(decided_at__isnull=False)),
                name="news_decided_when_decided",
            ),
        ]
        indexes = [models.Index(fields=["state", "-submitted_at"], name="news_by_state")]

    def __str__(self) -> str:
        return self.title

    def units(self) -> list[str]:
        """Who reported it, as printed behind it; a sensitive unit is not named."""
        own = "" if self.department.is_sensitive else self.department.short_name or self.department.name
        return [unit for unit in [own, *self.further_units.replace("，", "、").split("、")] if unit]
