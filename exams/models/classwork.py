"""A drill that was done in class without the site, as the teacher enters it afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.models.papers import Paper
from foundation.constraints import together
from foundation.writeonce import protect


class ClassDrill(models.Model):
    """A teacher says how many questions of a drill this learner had right in class. Taken back, it proves nothing."""

    enrolment = models.ForeignKey(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    step = models.ForeignKey("programmes.Step", on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+", verbose_name=_("drill"))
    right = models.PositiveSmallIntegerField(_("right answers"))
    asked = models.PositiveSmallIntegerField(_("questions asked"))
    mastered = models.BooleanField(_("mastered"))
    done_at = models.DateTimeField(_("done in class"))
    batch = models.CharField(_("entered together"), max_length=12, db_index=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by")
    )

    class Meta:
        verbose_name = _("drill done in class")
        verbose_name_plural = _("drills done in class")
        constraints = [
            models.CheckConstraint(condition=Q(asked__gte=1, right__lte=F("asked")), name="class_drill_adds_up"),
            together(Q(revoked_at__isnull=False), "revoked_by", name="class_drill_revoked_by_somebody"),
        ]
        indexes = [models.Index(fields=["enrolment", "step"], name="class_drill_by_enrolment")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.right}/{self.asked}"


protect(
    "exams.ClassDrill",
    frozen=[
        "enrolment", "step", "paper", "right", "asked", "mastered", "done_at", "batch", "entered_by", "entered_at",
    ],
)  # fmt: skip
