"""Figures by unit, and what people were told. Both are kept by the actions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.identifiers import random_code
from organisations.models import Organisation
from programmes.models.spine import Enrolment, Programme, Step


class Measure(models.TextChoices):
    """What a tally counts."""

    ENROLLED = "enrolled", _("taking part")
    STEP = "step", _("completed a step")
    FINISHED = "finished", _("all steps complete")
    DOUBTFUL = "doubtful", _("may not make it")


class UnitStepTally(models.Model):
    """How many active enrolments of one unit (not of those below it) a measure holds for.

    Actions only insert differences, so that nobody waits for anybody; a job folds the rows of one key into one. The
    figure is always the sum. `rebuild_programmes` compares it with the enrolments and puts it right.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(max_length=8, choices=Measure)
    step = models.ForeignKey(Step, on_delete=models.CASCADE, null=True, related_name="+")
    people = models.IntegerField()

    class Meta:
        verbose_name = _("tally of a unit")
        verbose_name_plural = _("tallies of units")
        constraints = [
            one_of("measure", Measure, name="tally_measure_known"),
            models.CheckConstraint(
                condition=Q(measure="step", step__isnull=False) | (~Q(measure="step") & Q(step=None)),
                name="tally_step_only_of_steps",
            ),
        ]
        indexes = [models.Index(fields=["programme", "organisation", "measure", "step"], name="tally_by_unit")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.measure} {self.people:+d}"


class WeekTally(models.Model):
    """What one unit had reached in one week: the trend line. The row of the current week is replaced every night."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    week_on = models.DateField(_("Monday of the week"))
    enrolled = models.PositiveIntegerField(_("taking part"))
    finished = models.PositiveIntegerField(_("all steps complete"))

    class Meta:
        verbose_name = _("week of a unit")
        verbose_name_plural = _("weeks of units")
        constraints = [
            models.UniqueConstraint(fields=["programme", "organisation", "week_on"], name="week_tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.week_on}"


class ReminderKind(models.TextChoices):
    """What somebody is told about an enrolment."""

    ASSIGNED = "assigned", _("assigned")
    DUE_SOON = "due_soon", _("due soon")
    DUE = "due", _("due")
    OVERDUE = "overdue", _("overdue")
    ESCALATED = "escalated", _("told to the manager")
    BY_HAND = "by_hand", _("reminded by hand")


class Reminder(models.Model):
    """Somebody was told something about one enrolment. Each kind goes out once for one due date, except by hand."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+", verbose_name=_("enrolment"))
    kind = models.CharField(_("kind"), max_length=9, choices=ReminderKind)
    due_on = models.DateField(_("due on"))
    sent_at = models.DateTimeField(_("sent"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            one_of("kind", ReminderKind, name="reminder_kind_known"),
            models.UniqueConstraint(
                fields=["enrolment", "kind", "due_on"],
                condition=~Q(kind="by_hand"),
                name="reminder_once_per_due_date",
            ),
            models.CheckConstraint(
                condition=~Q(kind="by_hand") | Q(by__isnull=False), name="reminder_by_hand_has_a_sender"
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "kind", "-sent_at"], name="reminder_of_enrolment")]

    def __str__(self) -> str:
        return f"{self.kind} {self.enrolment_id}"


class Digest(models.Model):
    """One person was sent the summary of one week. The row is what keeps it from going out twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    week_on = models.DateField(_("Monday of the week"))
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("weekly summary")
        verbose_name_plural = _("weekly summaries")
        constraints = [models.UniqueConstraint(fields=["user", "week_on"], name="digest_once_a_week")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.week_on}"


def calendar_token() -> str:
    """160 bits: the address is the only key to the feed."""
    return random_code(32)


class CalendarFeed(models.Model):
    """The unguessable address of one person's deadlines. A new token makes the old address worthless."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    token = models.CharField(max_length=32, unique=True, default=calendar_token, editable=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.user_id)
