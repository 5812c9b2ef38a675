"""What authors write: the course list, courses and lessons. Drafts, revisions, preview and workflow are Wagtail's."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import StreamField
from courses.blocks import LessonBody, sections_of
from foundation.constraints import one_of


class Audience(models.TextChoices):
    """For whom a course is written: the same words as those of a programme (a test compares them)."""

    CIVIL_SERVANT = "civil_servant", _("civil servants")
    TEACHER = "teacher", _("teachers")
    PRIMARY = "primary", _("primary school pupils")
    JUNIOR = "junior", _("junior secondary pupils")
    SENIOR = "senior", _("senior secondary pupils")
    UNIVERSITY = "university", _("university students")
    ENTERPRISE = "enterprise", _("enterprises")


PUPIL_AUDIENCES = (Audience.PRIMARY, Audience.JUNIOR, Audience.SENIOR)


class Cover(models.TextChoices):
    """The five cover colours of the design."""

    JADE = "jade", _("jade")
    INDIGO = "indigo", _("indigo")
    OCHRE = "ochre", _("ochre")
    PLUM = "plum", _("plum")
    INK = "ink", _("ink")


class CourseIndexPage(Page):
    """The list of all courses."""

    intro = models.CharField(_("introduction"), max_length=200, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    subpage_types = ["courses.CoursePage"]
    max_count = 1

    class Meta:
        verbose_name = _("course list")
        verbose_name_plural = _("course lists")


class CoursePage(Page):
    """One course. Its lessons are its children, in the order of the page tree."""

    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    summary = models.CharField(_("summary"), max_length=300)
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    credit_hours = models.DecimalField(
        _("credit hours"), max_digits=4, decimal_places=1, default=0, validators=[MinValueValidator(0)]
    )
    cover = models.CharField(_("cover colour"), max_length=8, choices=Cover, default=Cover.JADE)
    cover_title = models.CharField(_("title on the cover"), max_length=8)
    is_public = models.BooleanField(_("anyone may read it"), default=False)
    # Off by default: completion is proved by reading and by questions, not by clocks.
    minimum_seconds = models.PositiveIntegerField(_("minimum seconds for each lesson"), default=0)
    no_seek = models.BooleanField(_("videos must be played through"), default=False)
    check_in = models.BooleanField(_("learners check in before each lesson"), default=False)

    content_panels = [
        *Page.content_panels,
        FieldPanel("title_en"),
        FieldPanel("summary"),
        FieldPanel("audience"),
        FieldPanel("credit_hours"),
        MultiFieldPanel([FieldPanel("cover"), FieldPanel("cover_title")], heading=_("cover")),
        FieldPanel("is_public"),
        MultiFieldPanel(
            [FieldPanel("minimum_seconds"), FieldPanel("no_seek"), FieldPanel("check_in")],
            heading=_("stricter rules (off by default)"),
            classname="collapsed",
        ),
    ]
    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.LessonPage"]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.FilterField("audience")]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            one_of("audience", Audience, name="course_audience_known"),
            one_of("cover", Cover, name="course_cover_known"),
            models.CheckConstraint(condition=models.Q(credit_hours__gte=0), name="course_hours_not_negative"),
        ]

    @property
    def local_title(self) -> str:
        """The title in the language of the reader."""
        return (self.title_en or self.title) if get_language() == "en" else self.title

    @property
    def cover_lines(self) -> list[str]:
        """The cover title in one column, or in two if it is longer than five characters."""
        title = self.cover_title
        if len(title) <= 5:
            return [title]
        half = (len(title) + 1) // 2
        return [title[:half], title[half:]]

    @property
    def is_for_pupils(self) -> bool:
        """Pupils get larger type and targets."""
        return self.audience in PUPIL_AUDIENCES


class LessonPage(Page):
    """One lesson. A lesson is complete when every section of its live revision was read and every question answered."""

    summary = models.CharField(_("summary"), max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10, validators=[MinValueValidator(1)])
    body = StreamField(LessonBody(), verbose_name=_("sections"))

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("minutes"), FieldPanel("body")]
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []
    template = "courses/lesson.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """For preview and public reading: the text without anybody's record."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        course = self.get_parent().specific
        return {**context, "lesson": self, "course": course, "sections": sections_of(self.body), "reader": None}
