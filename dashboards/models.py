"""What the screens keep for themselves: exam figures by unit, and the reports that somebody asked for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of, together
from foundation.identifiers import code12
from organisations.models import Organisation
from programmes.models import Assignment, Programme, Step


class ExamMeasure(models.TextChoices):
    """What an exam tally counts: people, never points."""

    TOOK_PART = "took_part", _("took part")
    PASSED = "passed", pgettext_lazy("exam figures", "passed")
    EXCELLENT = "excellent", _("excellent")
    SAT_FIRST = "sat_first", _("has a first result")
    PASSED_FIRST = "pass_first", _("passed at once")


class ExamTally(models.Model):
    """How many active enrolments of one unit (not of those below it) a measure of one exam holds for.

    A job counts them anew every few minutes while the programme runs; `rebuild_dashboards` compares.
    """

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(max_length=10, choices=ExamMeasure)
    people = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("exam figure of a unit")
        verbose_name_plural = _("exam figures of units")
        constraints = [
            one_of("measure", ExamMeasure, name="exam_tally_measure_known"),
            models.UniqueConstraint(fields=["step", "organisation", "measure"], name="exam_tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.measure} {self.people}"


class ReportScope(models.TextChoices):
    """What a report is about."""

    UNIT = "unit", _("one programme in a unit")
    QUARTER = "quarter", _("a quarter of a unit")
    CAMPAIGN = "campaign", _("one assignment")


class ReportState(models.TextChoices):
    """How far a report is."""

    WAITING = "waiting", _("waits")
    WORKING = "working", _("is being written")
    DONE = "done", _("ready")
    FAILED = "failed", _("could not be written")


class Report(models.Model):
    """What a leader gets (总结汇报材料): asked for by one person, written in the background, kept for that person alone
    and for some days only. `docx` and `pdf` are paths below PRIVATE_ROOT."""

    public_id = models.CharField(max_length=12, unique=True, default=code12, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"))
    scope = models.CharField(_("about"), max_length=8, choices=ReportScope)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("programme")
    )
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assignment")
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=ReportState, default=ReportState.WAITING)
    done_parts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    docx = models.CharField(max_length=120, blank=True, editable=False)
    pdf = models.CharField(max_length=120, blank=True, editable=False)
    done_at = models.DateTimeField(_("ready since"), null=True, blank=True)

    class Meta:
        verbose_name = _("report for leaders")
        verbose_name_plural = _("reports for leaders")
        constraints = [
            one_of("scope", ReportScope, name="report_scope_known"),
            one_of("state", ReportState, name="report_state_known"),
            together(Q(state="done"), "done_at", name="report_done_says_when"),
            models.CheckConstraint(condition=Q(until_on__gte=models.F("from_on")), name="report_ends_after_start"),
            models.CheckConstraint(
                condition=Q(scope="quarter", programme=None, assignment=None)
                | Q(scope="unit", programme__isnull=False, assignment=None)
                | Q(scope="campaign", programme__isnull=False, assignment__isnull=False),
                name="report_scope_says_what",
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="report_by_asker")]

    def __str__(self) -> str:
        return self.title
