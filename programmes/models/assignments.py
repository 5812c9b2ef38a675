"""Who is to take part, until when, and with which exceptions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of, together
from foundation.identifiers import code12
from organisations.models import Organisation
from programmes.models.spine import Programme


class AssignmentState(models.TextChoices):
    """Whether newcomers are taken in."""

    RUNNING = "running", _("running")
    STOPPED = "stopped", _("stopped")


class Assignment(models.Model):
    """A standing order: whoever fits is enrolled, whoever leaves stops. Stored only after a preview.

    It reaches people whose home is in one of `units` or below; every filter that is set narrows that, `people` narrow
    it to themselves. `organisation` is the unit in whose name it was given: nothing outside it is ever reached.
    """

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("in the name of")
    )
    units = models.ManyToManyField(Organisation, related_name="+", verbose_name=_("units"))
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("single people"))
    position = models.CharField(_("post contains"), max_length=60, blank=True)
    joined_after = models.DateField(_("joined on or after"), null=True, blank=True)
    completed = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("has completed")
    )
    not_completed = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("has not completed"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(_("days after joining"), null=True, blank=True)
    renews_on = models.DateField(_("next round begins on"), null=True, blank=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    state = models.CharField(_("state"), max_length=8, choices=AssignmentState, default=AssignmentState.RUNNING)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    given_at = models.DateTimeField(_("given on"))
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            one_of("state", AssignmentState, name="assignment_state_known"),
            models.CheckConstraint(condition=Q(due_on=None) | Q(due_days=None), name="assignment_one_kind_of_due_date"),
            models.CheckConstraint(
                condition=Q(due_days=None) | Q(due_days__gte=1), name="assignment_due_after_joining"
            ),
            together(Q(state="stopped"), "stopped_at", name="assignment_stopped_says_when"),
        ]

    def __str__(self) -> str:
        return self.public_id


class FilterField(models.TextChoices):
    """What may be one of several values."""

    KIND = "kind", _("kind of unit")
    ROLE = "role", _("role")
    GRADE = "grade", _("grade")
    PROFESSION = "profession", _("key profession")


class AssignmentFilter(models.Model):
    """One allowed value. Values of one field are alternatives; fields narrow one another."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="filters")
    field = models.CharField(_("field"), max_length=12, choices=FilterField)
    value = models.CharField(_("value"), max_length=60)

    class Meta:
        verbose_name = _("filter of an assignment")
        verbose_name_plural = _("filters of assignments")
        constraints = [
            one_of("field", FilterField, name="assignment_filter_known"),
            models.CheckConstraint(condition=~Q(value=""), name="assignment_filter_not_empty"),
            models.UniqueConstraint(fields=["assignment", "field", "value"], name="assignment_filter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field}={self.value}"


class RunState(models.TextChoices):
    """Where a pass over the people stands."""

    RUNNING = "running", _("under way")
    STOPPED = "stopped", _("stopped")
    DONE = "done", _("done")


class RunPhase(models.TextChoices):
    """A pass looks at those who should be in, then at those who are in."""

    JOIN = "join", _("enrolling")
    LEAVE = "leave", _("looking for those who left")


class AssignmentRun(models.Model):
    """One pass over the people of an assignment, in slices. `cursor` is the last id that a committed slice has seen,
    so that a pass goes on where it stopped, whoever stopped it."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="runs")
    round = models.PositiveSmallIntegerField(_("round"))
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.RUNNING)
    phase = models.CharField(_("phase"), max_length=5, choices=RunPhase, default=RunPhase.JOIN)
    cursor = models.BigIntegerField(default=0)
    expected = models.PositiveIntegerField(_("expected"), default=0)
    joined = models.PositiveIntegerField(_("enrolled"), default=0)
    moved = models.PositiveIntegerField(_("moved"), default=0)
    left = models.PositiveIntegerField(_("people who left"), default=0)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("pass of an assignment")
        verbose_name_plural = _("passes of assignments")
        constraints = [
            one_of("state", RunState, name="assignment_run_state_known"),
            one_of("phase", RunPhase, name="assignment_run_phase_known"),
            together(Q(state="done"), "finished_at", name="assignment_run_done_says_when"),
            models.UniqueConstraint(
                fields=["assignment"], condition=~Q(state="done"), name="assignment_one_run_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.pk}"


class AllowanceKind(models.TextChoices):
    """What a single person was granted."""

    EXEMPT = "exempt", _("exemption")
    EXTENDED = "extended", _("more time")


class Allowance(models.Model):
    """An exemption or an extension of one person in one programme, with its reason. Rows stay: ending is a date."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=AllowanceKind)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("exception for one person")
        verbose_name_plural = _("exceptions for single people")
        constraints = [
            one_of("kind", AllowanceKind, name="allowance_kind_known"),
            together(Q(kind="extended"), "due_on", name="allowance_extension_has_a_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="allowance_says_why"),
            models.UniqueConstraint(
                fields=["programme", "user"], condition=Q(ended_at=None), name="allowance_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"
