"""What learners did in a course. Facts are written once; `LessonVisit` is only where to go on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.pages import CoursePage, LessonPage
from foundation.writeonce import ALL, protect


class CourseStep(models.Model):
    """Which course a step of a programme asks for."""

    step = models.OneToOneField("programmes.Step", on_delete=models.CASCADE, related_name="+", verbose_name=_("step"))
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))

    class Meta:
        verbose_name = _("course of a step")
        verbose_name_plural = _("courses of steps")

    def __str__(self) -> str:
        return f"{self.step_id}/{self.course_id}"


class LessonFact(models.Model):
    """What every fact about a lesson carries."""

    enrolment = models.ForeignKey(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    lesson = models.ForeignKey(LessonPage, on_delete=models.PROTECT, related_name="+", verbose_name=_("lesson"))

    class Meta:
        abstract = True


class LessonVisit(LessonFact):
    """One learner opened one lesson: when first, when they checked in, which section they read last."""

    opened_at = models.DateTimeField(_("first opened"))
    checked_in_at = models.DateTimeField(_("checked in"), null=True, blank=True)
    last_section = models.CharField(_("section read last"), max_length=36, blank=True)
    last_at = models.DateTimeField(_("last read"))

    class Meta:
        verbose_name = _("lesson visit")
        verbose_name_plural = _("lesson visits")
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="visit_once_per_lesson")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.lesson_id}"


class SectionRead(LessonFact):
    """One section was read to its end, in the revision that was live then."""

    section = models.CharField(_("section"), max_length=36)
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.PROTECT, related_name="+", verbose_name=_("revision")
    )
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("section read")
        verbose_name_plural = _("sections read")
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson", "section"], name="section_read_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.section}"


class QuestionAnswer(LessonFact):
    """One answer to one check question. A wrong one may be followed by another: each is a row."""

    question = models.CharField(_("question"), max_length=36)
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.PROTECT, related_name="+", verbose_name=_("revision")
    )
    choice = models.PositiveSmallIntegerField(_("choice"))
    is_correct = models.BooleanField(pgettext_lazy("answer", "right"))
    answered_at = models.DateTimeField(pgettext_lazy("moment", "answered"))

    class Meta:
        verbose_name = _("answer to a check question")
        verbose_name_plural = _("answers to check questions")
        indexes = [models.Index(fields=["enrolment", "lesson"], name="answer_by_lesson")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.question}"


class LessonCompletion(LessonFact):
    """One learner finished one lesson, in this revision of it."""

    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.PROTECT, related_name="+", verbose_name=_("revision")
    )
    completed_at = models.DateTimeField(_("completed"))

    class Meta:
        verbose_name = _("lesson completion")
        verbose_name_plural = _("lesson completions")
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="lesson_completed_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.lesson_id}"


class CourseCompletion(models.Model):
    """One learner had finished every lesson that was live then. A lesson added later takes nothing back."""

    enrolment = models.ForeignKey(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
    credit_hours = models.DecimalField(_("credit hours"), max_digits=4, decimal_places=1)
    completed_at = models.DateTimeField(_("completed"))

    class Meta:
        verbose_name = _("course completion")
        verbose_name_plural = _("course completions")
        constraints = [models.UniqueConstraint(fields=["enrolment", "course"], name="course_completed_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.course_id}"


class MediaPlay(LessonFact):
    """How many seconds of a film one learner has played: raised by reports that the clock can confirm."""

    block = models.CharField(_("video"), max_length=36)
    seconds = models.FloatField(_("seconds played"), default=0)
    reported_at = models.DateTimeField(_("last report"))

    class Meta:
        verbose_name = _("video played")
        verbose_name_plural = _("videos played")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson", "block"], name="play_once_per_video"),
            models.CheckConstraint(condition=models.Q(seconds__gte=0), name="play_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.block}"


protect("courses.LessonVisit", frozen=["enrolment", "lesson", "opened_at"])
protect("courses.SectionRead", frozen=ALL)
protect("courses.QuestionAnswer", frozen=ALL)
protect("courses.LessonCompletion", frozen=ALL)
protect("courses.CourseCompletion", frozen=ALL)
