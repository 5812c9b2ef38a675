"""A course that was done in class without the site, as the teacher enters it afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.pages import CoursePage
from foundation.constraints import together
from foundation.writeonce import protect


class ClassReading(models.Model):
    """A teacher says that this learner did this course in class. Taken back, it stays as a fact that proves nothing."""

    enrolment = models.ForeignKey(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
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
        verbose_name = _("course done in class")
        verbose_name_plural = _("courses done in class")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "course"], condition=Q(revoked_at=None), name="class_reading_once"
            ),
            together(Q(revoked_at__isnull=False), "revoked_by", name="class_reading_revoked_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.course_id}"


protect("courses.ClassReading", frozen=["enrolment", "course", "done_at", "batch", "entered_by", "entered_at"])
