"""课程评估: who answered and what was answered are kept apart, so that nobody can put them together again."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.pages import CoursePage
from foundation.writeonce import ALL, protect

# The five rows of the survey, in the order of the fields.
RATINGS = {
    "clear": _("The content was clear."),
    "useful": _("I can use it in my work or life."),
    "length": _("The length was right."),
    "examples": _("Cases and examples helped."),
    "questions": _("The check questions helped me notice what I had not understood."),
}


class EvaluationReceipt(models.Model):
    """This learner has evaluated this course. It does not say how."""

    enrolment = models.ForeignKey(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("evaluation receipt")
        verbose_name_plural = _("evaluation receipts")
        constraints = [models.UniqueConstraint(fields=["enrolment", "course"], name="evaluated_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.course_id}"


class Evaluation(models.Model):
    """One anonymous evaluation: a random key and no time, so that no order can be matched with the receipts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
    clear = models.PositiveSmallIntegerField(_("clear"))
    useful = models.PositiveSmallIntegerField(_("useful"))
    length = models.PositiveSmallIntegerField(_("length"))
    examples = models.PositiveSmallIntegerField(_("examples"))
    questions = models.PositiveSmallIntegerField(_("questions"))
    comment = models.CharField(pgettext_lazy("evaluation", "comment"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("course evaluation")
        verbose_name_plural = _("course evaluations")
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{row}__gte": 1, f"{row}__lte": 5}), name=f"evaluation_{row}_one_to_five"
            )
            for row in ("clear", "useful", "length", "examples", "questions")
        ]

    def __str__(self) -> str:
        return str(self.pk)


protect("courses.EvaluationReceipt", frozen=ALL)
protect("courses.Evaluation", frozen=ALL)
