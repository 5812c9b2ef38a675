"""What the public log is told of exams: papers with their keys, and scores. Commitments only; the records stay here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.models.packed import PackedField
from exams.models.papers import Paper
from foundation.constraints import one_of
from foundation.ledger.models import LogEntry
from foundation.writeonce import ALL, protect


class AnchorCause(models.TextChoices):
    """Why a paper was committed to, first or again."""

    PUBLISHED = "published", _("the paper was published")
    ITEMS = "items", _("items that it may ask were added")
    KEY = "key", _("a key was corrected")
    RULES = "rules", _("rules were changed")


class PaperAnchor(models.Model):
    """A paper as the public log knows it: what it may ask, with which keys, and by which rules it is marked.

    `record` is what the entry commits to, as canonical JSON; `versions` are the versions under its root, each less the
    one before it, in order. Entries after the first act on the first.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="anchors", verbose_name=_("paper"))
    number = models.PositiveSmallIntegerField(_("number"))
    cause = models.CharField(_("cause"), max_length=9, choices=AnchorCause)
    versions = PackedField(_("versions"))
    record = models.TextField(_("record"))
    salt = models.BinaryField(_("salt"), max_length=32)
    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, related_name="+", verbose_name=_("log entry"))
    made_at = models.DateTimeField(_("told to the log"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("paper in the public log")
        verbose_name_plural = _("papers in the public log")
        constraints = [
            one_of("cause", AnchorCause, name="paper_anchor_cause_known"),
            models.UniqueConstraint(fields=["paper", "number"], name="paper_anchor_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}/{self.number}"


class ScoringRun(models.Model):
    """Scores that were committed to together: the root over one leaf for each.

    `scores` are their primary keys, each less the one before it, in order; `leaves` the 32 bytes of each leaf's hash in
    the same order, so that a change is not only noticed but found.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    scores = PackedField(_("scores"))
    leaves = models.BinaryField(_("hashes"))
    last_score = models.PositiveBigIntegerField(_("last score"), db_index=True)
    record = models.TextField(_("record"))
    salt = models.BinaryField(_("salt"), max_length=32)
    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, related_name="+", verbose_name=_("log entry"))
    made_at = models.DateTimeField(_("told to the log"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("scores in the public log")
        verbose_name_plural = _("scores in the public log")

    def __str__(self) -> str:
        return str(self.number)


protect("exams.PaperAnchor", frozen=ALL)
protect("exams.ScoringRun", frozen=ALL)
