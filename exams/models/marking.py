"""Marking by people: answers that wait, what each marker gave, what a marker has begun."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exams.models.attempts import Attempt
from exams.models.bank import ItemVersion
from foundation.constraints import together
from foundation.identifiers import code12
from foundation.writeonce import ALL, protect


class HandTask(models.Model):
    """One answer that people mark, made when its attempt is handed in. Settled once, then frozen.

    `wanted` is how many marks it takes: two, and three once two differ by more than the paper tolerates. `result` is
    the part of its points that was earned, from 0 to 1.
    """

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("attempt"))
    position = models.PositiveSmallIntegerField(_("question number"))
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("version"))
    points = models.DecimalField(_("maximum points"), max_digits=5, decimal_places=2)
    wanted = models.PositiveSmallIntegerField(_("marks wanted"), default=2)
    result = models.DecimalField(_("part earned"), max_digits=5, decimal_places=4, null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("answer to mark by hand")
        verbose_name_plural = _("answers to mark by hand")
        permissions = [("mark_answers", _("Can mark answers by hand"))]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="task_once_per_question"),
            together(Q(result__isnull=False), "settled_at", name="task_settled_with_a_result"),
            models.CheckConstraint(condition=Q(wanted__gte=2, wanted__lte=3), name="task_two_or_three_marks"),
            models.CheckConstraint(
                condition=Q(result=None) | Q(result__gte=0, result__lte=1), name="task_result_is_a_part"
            ),
        ]
        indexes = [models.Index(fields=["version", "attempt"], condition=Q(settled_at=None), name="task_waiting")]

    def __str__(self) -> str:
        return self.public_id


class MarkerMark(models.Model):
    """What one marker gave for one answer. Append-only: a mark is never changed, a third marker decides instead."""

    task = models.ForeignKey(HandTask, on_delete=models.PROTECT, related_name="marks", verbose_name=_("answer"))
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("marker")
    )
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2)
    comment = models.TextField(pgettext_lazy("marker", "comment"), blank=True)
    marked_at = models.DateTimeField(_("marked"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("mark by hand")
        verbose_name_plural = _("marks by hand")
        constraints = [
            models.UniqueConstraint(fields=["task", "marker"], name="mark_once_per_marker"),
            models.CheckConstraint(condition=Q(points__gte=0), name="mark_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.marker_id}"


class MarkDraft(models.Model):
    """What a marker has begun: the claim that keeps others off the answer for a while, and what was typed so far."""

    task = models.ForeignKey(HandTask, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("answer"))
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("marker")
    )
    points = models.CharField(_("points as typed"), max_length=12, blank=True)
    comment = models.TextField(pgettext_lazy("marker", "comment"), blank=True)
    touched_at = models.DateTimeField(_("last touched"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("mark in work")
        verbose_name_plural = _("marks in work")
        constraints = [models.UniqueConstraint(fields=["task", "marker"], name="draft_once_per_marker")]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.marker_id}"


protect("exams.HandTask", frozen=ALL, when="OLD.settled_at IS NOT NULL")
protect("exams.MarkerMark", frozen=ALL)
