"""By which rules a paper is sat: windows, sessions, and what one person is granted."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exams.models.papers import Paper
from foundation.constraints import one_of
from foundation.identifiers import code12, random_code
from foundation.writeonce import protect


def session_code() -> str:
    """What an invigilator writes on the board: six characters, 30 bits, and five tries in ten minutes."""
    return random_code(6)


class LeaveAction(models.TextChoices):
    """What happens when somebody leaves the exam's page more often or longer than allowed."""

    RECORD = "record", _("only recorded")
    WARN = "warn", _("the learner is warned")
    LOCK = "lock", _("in a session the exam is locked until the invigilator unlocks it, else the learner is warned")


class ShowWhen(models.TextChoices):
    """When a part of the result is shown."""

    AT_ONCE = "at_once", _("at once after handing in")
    AFTER_LAST = "after_last", _("once passed, or when no attempt is left")
    AFTER_WINDOW = "after_window", _("when the exam has ended for everybody")
    NEVER = "never", _("never")


def _when(label: Any, default: str = "") -> models.CharField:
    return models.CharField(
        label, max_length=12, choices=ShowWhen, blank=True, default=default, help_text=_("Empty: as the paper says.")
    )


# What stays as it is once somebody has begun the paper. Its end may still be moved later, what is shown of results may
# be decided later, and keys of a newer exam browser may be added.
FIXED_ONCE_SAT = (
    *("opens_at", "late_entry_minutes", "early_hand_in_minutes", "wait_hours", "code_needed"),
    *("leave_count", "leave_seconds", "leave_action", "lock_on_take_over", "discourage_copying", "seb_required"),
)


class SittingRules(models.Model):
    """The rules of sitting one paper. A paper without a row has the defaults: no window, nothing locked.

    Once somebody has begun the paper, `FIXED_ONCE_SAT` and the row stay, in the database too (`models.triggers`).
    """

    paper = models.OneToOneField(Paper, on_delete=models.CASCADE, related_name="sitting_rules", verbose_name=_("paper"))
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    late_entry_minutes = models.PositiveSmallIntegerField(
        _("late entry (minutes)"),
        null=True,
        blank=True,
        help_text=_("So long after the opening one may still begin. Empty: until the end."),
    )
    early_hand_in_minutes = models.PositiveSmallIntegerField(
        _("early handing in (minutes)"),
        null=True,
        blank=True,
        help_text=_("Nobody hands in before so many minutes of their own time have passed."),
    )
    wait_hours = models.PositiveSmallIntegerField(
        _("waiting time between attempts (hours)"),
        null=True,
        blank=True,
        help_text=_("Counted from handing in the attempt before."),
    )
    code_needed = models.BooleanField(
        _("the invigilator's code is needed to begin"),
        default=False,
        help_text=_("Whoever sits the paper must then belong to a session: the code is the session's."),
    )
    leave_count = models.PositiveSmallIntegerField(
        _("leaving the page: how often"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    leave_seconds = models.PositiveIntegerField(
        _("leaving the page: seconds in all"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    leave_action = models.CharField(_("beyond that"), max_length=6, choices=LeaveAction, default=LeaveAction.RECORD)
    lock_on_take_over = models.BooleanField(
        _("changing the device needs the invigilator"),
        default=False,
        help_text=_("The exam is locked on the new device until the invigilator unlocks it; only in sessions."),
    )
    discourage_copying = models.BooleanField(
        _("copying and printing are discouraged"),
        default=True,
        help_text=_("Printing gives a notice instead of the questions; copying is recorded."),
    )
    show_marks = _when(_("marks are shown"), ShowWhen.AT_ONCE)
    show_answers = _when(_("own answers are shown"))
    show_right = _when(_("right answers are shown"))
    show_reasons = _when(_("explanations are shown"))
    seb_required = models.BooleanField(_("Safe Exam Browser is required"), default=False)
    seb_config_keys = models.TextField(
        _("config keys"), blank=True, help_text=_("64 hexadecimal digits on a line; any of them is accepted.")
    )
    seb_exam_keys = models.TextField(
        _("browser exam keys"),
        blank=True,
        help_text=_("64 hexadecimal digits on a line; any of them is accepted. Empty: not checked."),
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("rules of sitting")
        verbose_name_plural = _("rules of sitting")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="rules_close_after_opening",
            ),
            one_of("leave_action", LeaveAction, name="rules_leave_action_known"),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"show_{part}__in": ["", *ShowWhen.values]}), name=f"rules_show_{part}_known"
                )
                for part in ("marks", "answers", "right", "reasons")
            ],
        ]

    def __str__(self) -> str:
        return str(self.paper)

    def clean(self) -> None:
        """Raises ValidationError for a change that is unfair to those who have begun."""
        super().clean()
        if not self.paper_id or not self.paper.attempts.exists():
            return
        before = SittingRules.objects.filter(pk=self.pk).first() or SittingRules(paper_id=self.paper_id)
        wrong = {
            name: _("Somebody has begun this paper: this stays as it is.")
            for name in FIXED_ONCE_SAT
            if getattr(before, name) != getattr(self, name)
        }
        old, new = before.closes_at, self.closes_at
        if new and (not old or new < old):
            wrong["closes_at"] = _("Somebody has begun this paper: it can end later, but not earlier.")
        if wrong:
            raise ValidationError(wrong)


class Session(models.Model):
    """A paper at a place and a time (场次) for one or several units, with its invigilators and its code.

    Somebody's session is the one that names their unit or the nearest unit above it; of several, the one that is
    open or opens next. Its window takes the place of the paper's.
    """

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("paper"))
    name = models.CharField(_("name"), max_length=80)
    place = models.CharField(_("place"), max_length=120, blank=True)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    code = models.CharField(_("invigilator's code"), max_length=6, default=session_code, editable=False)
    units = models.ManyToManyField("organisations.Organisation", related_name="+", verbose_name=_("units"))
    invigilators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("invigilators")
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = pgettext_lazy("exam", "session")
        verbose_name_plural = pgettext_lazy("exam", "sessions")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="session_closes_after_opening"),
            models.CheckConstraint(condition=~Q(code=""), name="session_has_a_code"),
        ]
        indexes = [models.Index(fields=["paper", "opens_at"], name="session_by_paper")]

    def __str__(self) -> str:
        return self.name


class ExtraTime(models.Model):
    """More time for one person in every exam, from a day until a day. Granted once; only its end is moved."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    percent = models.PositiveSmallIntegerField(
        _("per cent more"), default=0, validators=[MaxValueValidator(200)], help_text=_("Of the minutes of each exam.")
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes more"), default=0, validators=[MaxValueValidator(240)], help_text=_("On top of the per cent.")
    )
    reason = models.CharField(_("reason"), max_length=200)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: without an end."))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("granted by"),
    )
    granted_at = models.DateTimeField(_("granted"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("extra time")
        verbose_name_plural = _("extra time")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="extra_time_has_a_reason"),
            models.CheckConstraint(
                condition=(Q(percent__gte=1) | Q(minutes__gte=1)) & Q(percent__lte=200, minutes__lte=240),
                name="extra_time_gives_something",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="extra_time_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["user", "from_on"], name="extra_time_by_person")]

    def __str__(self) -> str:
        return f"{self.user_id}: +{self.percent}% +{self.minutes}"


protect("exams.Session", frozen=["public_id", "paper"], deletable=True)
protect("exams.ExtraTime", frozen=["user", "percent", "minutes", "reason", "from_on", "granted_by", "granted_at"])
