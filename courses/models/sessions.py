"""Training sessions: on a day, in a place or live on the network, with places that run out."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.pages import CoursePage
from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.writeonce import protect


class SessionState(models.TextChoices):
    """Whether one may sign up."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open for sign-up")
    CLOSED = "closed", _("sign-up closed")
    CANCELLED = "cancelled", _("cancelled")


class TrainingSession(models.Model):
    """One date of training. `taken` is kept by the actions and can never pass `capacity`."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    title = models.CharField(_("title"), max_length=120)
    course = models.ForeignKey(
        CoursePage, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("course")
    )
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("organiser")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("organising unit")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    live_url = models.URLField(_("address of the live room"), blank=True)
    capacity = models.PositiveIntegerField(_("places"))
    taken = models.PositiveIntegerField(_("places taken"), default=0, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=SessionState, default=SessionState.DRAFT)

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        constraints = [
            one_of("state", SessionState, name="session_state_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="session_not_overbooked"),
            models.CheckConstraint(condition=~Q(place="", live_url=""), name="session_is_somewhere"),
        ]

    def __str__(self) -> str:
        return self.title


class SessionStep(models.Model):
    """Which sessions count for a step: attending one of them completes it."""

    step = models.OneToOneField("programmes.Step", on_delete=models.CASCADE, related_name="+", verbose_name=_("step"))
    sessions = models.ManyToManyField(TrainingSession, related_name="+", verbose_name=_("sessions that count"))

    class Meta:
        verbose_name = _("sessions of a step")
        verbose_name_plural = _("sessions of steps")

    def __str__(self) -> str:
        return str(self.step_id)


class SignUp(models.Model):
    """One learner holds a place, until they give it back."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="+", verbose_name=_("training session")
    )
    enrolment = models.ForeignKey(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    signed_up_at = models.DateTimeField(_("signed up"))
    cancelled_at = models.DateTimeField(_("given back"), null=True, blank=True)
    told_at = models.DateTimeField(_("told the day before"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"], condition=Q(cancelled_at=None), name="signup_one_place_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.enrolment_id}"


class AttendanceMethod(models.TextChoices):
    """How it was recorded."""

    LIST = "list", _("list")
    CODE = "code", _("code on the screen")


class Attendance(models.Model):
    """One learner was there. A mistake is revoked by a second mark on the row, never removed."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="+", verbose_name=_("training session")
    )
    enrolment = models.ForeignKey(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    method = models.CharField(_("how"), max_length=4, choices=AttendanceMethod)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    attended_at = models.DateTimeField(_("recorded"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            one_of("method", AttendanceMethod, name="attendance_method_known"),
            together(Q(revoked_at__isnull=False), "revoked_by", name="attendance_revoked_by_somebody"),
            models.UniqueConstraint(
                fields=["session", "enrolment"], condition=Q(revoked_at=None), name="attendance_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.enrolment_id}"


protect("courses.SignUp", frozen=["session", "enrolment", "signed_up_at"])
protect("courses.Attendance", frozen=["session", "enrolment", "method", "recorded_by", "attended_at"])
