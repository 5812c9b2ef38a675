"""The five steps in order. Facts stay in the step apps; `StepCompletion` is an index over them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.identifiers import code12


class Stage(models.IntegerChoices):
    """The five words. The number is the order, so a programme cannot put them in another."""

    LEARN = 1, _("Learn")
    TRAIN = 2, _("Train")
    TEST = 3, _("Test")
    PLEDGE = 4, _("Pledge")
    PRACTISE = 5, _("Practise")


class StepKind(models.TextChoices):
    """Which app owns the step."""

    COURSE = "course", _("course")
    SESSION = "session", _("training session")
    DRILL = "drill", _("drill")
    EXAM = "exam", _("exam")
    SURVEY = "survey", _("self-assessment")
    PLEDGE = "pledge", _("commitment letter")
    PRACTISE = "practise", _("deeds")


class Audience(models.TextChoices):
    """For whom a programme, an item or a letter is written."""

    CIVIL_SERVANT = "civil_servant", _("civil servants")
    TEACHER = "teacher", _("teachers")
    PRIMARY = "primary", _("primary school pupils")
    JUNIOR = "junior", _("junior secondary pupils")
    SENIOR = "senior", _("senior secondary pupils")
    UNIVERSITY = "university", _("university students")
    ENTERPRISE = "enterprise", _("enterprises")


PUPIL_AUDIENCES = (Audience.PRIMARY, Audience.JUNIOR, Audience.SENIOR)


class ProgrammeState(models.TextChoices):
    """Whether learners may work in it."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Programme(models.Model):
    """An ordered set of steps for one audience and one run ("2026 civil servants")."""

    slug = models.SlugField(_("short address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    state = models.CharField(_("state"), max_length=8, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    certificate_after = models.PositiveSmallIntegerField(
        _("certificate after"),
        choices=Stage,
        null=True,
        blank=True,
        help_text=_("Whoever has completed every step up to and with this one gets a certificate; empty: nobody does."),
    )
    certificate_months = models.PositiveSmallIntegerField(
        _("certificate valid for (months)"), null=True, blank=True, help_text=_("Empty: without end.")
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            one_of("audience", Audience, name="programme_audience_known"),
            one_of("state", ProgrammeState, name="programme_state_known"),
            models.CheckConstraint(
                condition=Q(certificate_after=None) | Q(certificate_after__gte=1, certificate_after__lte=5),
                name="programme_certificate_stage_known",
            ),
            models.CheckConstraint(
                condition=Q(certificate_months=None) | Q(certificate_months__gte=1, certificate_after__isnull=False),
                name="programme_certificate_months_of_one",
                violation_error_message=_("Months are for a programme that ends with a certificate: at least one."),
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opens_on")), name="programme_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def local_title(self) -> str:
        """The title in the language of the reader."""
        return (self.title_en or self.title) if get_language() == "en" else self.title

    @property
    def is_for_pupils(self) -> bool:
        """Pupils: nothing of them is ever public."""
        return self.audience in PUPIL_AUDIENCES


class Step(models.Model):
    """One step. What it asks for (which course, paper, letter) is a row in the app that owns its kind."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="steps", verbose_name=_("programme")
    )
    stage = models.PositiveSmallIntegerField(_("stage"), choices=Stage)
    position = models.PositiveSmallIntegerField(_("position within the stage"))
    kind = models.CharField(_("kind"), max_length=10, choices=StepKind)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.CheckConstraint(condition=Q(stage__gte=1, stage__lte=5), name="step_stage_known"),
            one_of("kind", StepKind, name="step_kind_known"),
            models.UniqueConstraint(fields=["programme", "stage", "position"], name="step_place_taken_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def local_title(self) -> str:
        """The title in the language of the reader."""
        return (self.title_en or self.title) if get_language() == "en" else self.title


class EnrolmentState(models.TextChoices):
    """Whether it counts."""

    ACTIVE = "active", _("active")
    WITHDRAWN = "withdrawn", _("withdrawn from it")
    PAST = "past", _("an earlier round")


class EndReason(models.TextChoices):
    """Why an enrolment is not active any more. Who left and comes back goes on where they stopped."""

    LEFT = "left", _("left the unit")
    EXEMPT = "exempt", _("exempted")
    STOPPED = "stopped", _("the assignment was stopped")
    RENEWED = "renewed", _("a new round began")
    BY_HAND = "by_hand", _("withdrawn by hand")


class Outlook(models.IntegerChoices):
    """How likely somebody is to be late: `programmes.statistics` has the rule, a job keeps the word."""

    ON_TRACK = 0, _("on track")
    DUE_SOON = 1, _("due soon")
    DOUBTFUL = 2, _("may not make it")
    OVERDUE = 3, _("overdue")


class Enrolment(models.Model):
    """One person in one run of a programme. A new year is a new enrolment; evidence counts from `enrolled_at`."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("home unit")
    )
    state = models.CharField(_("state"), max_length=10, choices=EnrolmentState, default=EnrolmentState.ACTIVE)
    enrolled_at = models.DateTimeField(_("enrolled"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    assignment = models.ForeignKey(
        "programmes.Assignment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=8, choices=EndReason, blank=True)
    # Both follow from completions and days and can be made again: `rebuild_programmes`, the forecast job.
    finished_at = models.DateTimeField(_("all steps complete"), null=True, blank=True)
    outlook = models.PositiveSmallIntegerField(_("outlook"), choices=Outlook, default=Outlook.ON_TRACK)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            one_of("state", EnrolmentState, name="enrolment_state_known"),
            models.CheckConstraint(condition=Q(outlook__gte=0, outlook__lte=3), name="enrolment_outlook_known"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(ended_at=None, end_reason=""), name="enrolment_active_has_no_end"
            ),
            models.UniqueConstraint(
                fields=["programme", "user"], condition=Q(state="active"), name="enrolment_one_active"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "programme"], name="enrolment_by_unit"),
            models.Index(
                fields=["programme", "-outlook", "due_on", "id"],  # in the order of the list: nothing is sorted
                name="enrolment_to_chase",
                condition=Q(finished_at=None),  # SQLite takes no index whose condition has a value in it
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class StepCompletion(models.Model):
    """One enrolment finished one step. An index over the step apps' facts: `rebuild_programmes` can remake it,
    so it carries no write-once trigger. Never updated but for `counted`: a revoked fact removes the row.

    `counted`: the figures by unit know of it. A job counts fresh rows, so that finishing a step costs one statement
    and waits for nobody.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+", verbose_name=_("enrolment"))
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    completed_at = models.DateTimeField(_("completed"))
    source = models.CharField(_("on the strength of"), max_length=80)
    counted = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("step completion")
        verbose_name_plural = _("step completions")
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="completion_once")]
        indexes = [models.Index(fields=["id"], name="completion_uncounted", condition=Q(counted=False))]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.step_id}"
