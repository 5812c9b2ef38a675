"""What can be drawn now: a narrow copy of the ready versions that is kept by triggers, and papers drawn beforehand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams.models.attempts import Attempt
from exams.models.bank import Bank, Item, ItemVersion
from exams.models.papers import Paper


class PoolEntry(models.Model):
    """A ready version. Written by triggers (`exams.models.triggers`) and by nobody else, except for the two counters.

    `cell` is `exams.sampling.Cell.text`. `exposure` counts the papers that ask it; a new entry begins with the least
    of its cell, so that it does not turn up in every paper until it has caught up. `lot` is random and is thrown
    again whenever the entry is counted, so that no two items stay neighbours.
    """

    version = models.OneToOneField(ItemVersion, on_delete=models.PROTECT, primary_key=True, related_name="+")
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="+", db_index=False)
    cell = models.CharField(max_length=260)
    exposure = models.PositiveIntegerField(default=0)
    lot = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("item that can be drawn")
        verbose_name_plural = _("items that can be drawn")
        indexes = [models.Index(fields=["bank", "cell", "exposure", "lot"], name="pool_by_cell")]

    def __str__(self) -> str:
        return f"{self.version_id}"


class PreparedPaper(models.Model):
    """A paper drawn beforehand. Starting an attempt deletes one and takes its seed and drawn items over."""

    paper = models.ForeignKey(
        Paper, on_delete=models.PROTECT, related_name="prepared", db_index=False, verbose_name=_("paper")
    )
    seed = models.CharField(_("seed"), max_length=32)
    drawn = models.JSONField(_("drawn items"))
    prepared_at = models.DateTimeField(_("drawn"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("paper drawn beforehand")
        verbose_name_plural = _("papers drawn beforehand")
        constraints = [
            models.CheckConstraint(condition=~Q(seed=""), name="prepared_has_a_seed"),
            models.UniqueConstraint(fields=["seed"], name="prepared_seed_once"),
        ]
        indexes = [models.Index(fields=["paper", "id"], name="prepared_by_paper")]

    def __str__(self) -> str:
        return f"{self.paper_id}/{self.pk}"


class UncountedDraw(models.Model):
    """An attempt whose paper was drawn at the start: a job counts its items later, so that no start waits for a
    counter that another start is changing."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, primary_key=True, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("draw not counted yet")
        verbose_name_plural = _("draws not counted yet")

    def __str__(self) -> str:
        return f"{self.attempt_id}"
