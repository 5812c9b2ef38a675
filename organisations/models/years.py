"""A school's new year: which grades went up and which left, and how to take that back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import together
from organisations.models.tree import Organisation


class SchoolYearTurn(models.Model):
    """One new school year of one school. `changes` holds what is needed to take it back."""

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("school"))
    year = models.PositiveSmallIntegerField(_("year of leaving school"))
    turned_on = models.DateField(_("new school year from"))
    changes = models.JSONField(default=dict, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"))
    undone_at = models.DateTimeField(_("taken back on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("taken back by")
    )

    class Meta:
        verbose_name = _("new school year")
        verbose_name_plural = _("new school years")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "year"], condition=Q(undone_at=None), name="school_year_turns_once"
            ),
            together(Q(undone_at__isnull=False), "undone_by", name="school_year_undone_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.year}"
