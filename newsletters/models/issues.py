"""Issues of the bulletin as pages."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index
from wagtail.url_routing import RouteResult

from cms import registry
from cms.blocks import StreamField
from cms.models import BasePage
from newsletters.blocks import SectionsBlock
from newsletters.importers import Matrix, MatrixError, read_matrix
from newsletters.models.reading import Section, read_sections
from organisations.models import Kind, Membership

ISSUES_A_PAGE = 12
OFFICES = (Kind.CITY, Kind.DEPARTMENT, Kind.SECTION)
MATRIX_PROBLEMS = {
    "cells": _("Line %(line)s: the number of cells differs from the number of columns (%(text)s)."),
    "cell": _("Line %(line)s: a cell is √, *, 非考核项, 未备案 or a number (%(text)s)."),
}


class BulletinIndexPage(BasePage):
    """All issues, newest first."""

    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["newsletters.IssuePage"]
    max_count = 1

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One page of issues."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        issues = IssuePage.objects.child_of(self).live().order_by("-issued_on", "-pk")
        context["issues"] = Paginator(issues, ISSUES_A_PAGE).get_page(request.GET.get("page"))
        return context


class IssuePage(BasePage):
    """One issue of the bulletin (第×期, 总第×期): sections, assessment matrix, imprint. /pdf/ below it is its A4 form.

    The matrix is for the departments, who are signed in; a setting of the issue makes it public.
    """

    masthead = models.CharField(_("name in the masthead"), max_length=60, default="信用工作简报")
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("issue number"))
    total = models.PositiveIntegerField(_("running total"), unique=True)
    issued_on = models.DateField(_("day"))
    editorial_unit = models.CharField(_("edited by"), max_length=120)
    note = models.TextField(_("note"), blank=True, max_length=400)
    sections = StreamField(SectionsBlock(), verbose_name=pgettext_lazy("issue", "sections"), blank=True)

    matrix_title = models.CharField(_("title of the matrix"), max_length=80, blank=True)
    matrix_columns = models.TextField(_("columns"), blank=True, help_text=_("One name a line."))
    matrix_rows = models.TextField(
        _("rows"),
        blank=True,
        help_text=_("Paste from a spreadsheet: the unit and its cells: √ * 非考核项 未备案 12."),
    )
    matrix_footnotes = models.TextField(_("footnotes"), blank=True, help_text=_("One a line."))
    matrix_is_public = models.BooleanField(_("everybody may see the matrix"), default=False)

    report_to = models.CharField(_("reported to"), max_length=300, blank=True)
    send_to = models.CharField(_("sent to"), max_length=300, blank=True)
    editor = models.CharField(_("editor"), max_length=80, blank=True)
    reviewer = models.CharField(_("reviewer"), max_length=80, blank=True)

    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("masthead"),
                FieldRowPanel([FieldPanel("year"), FieldPanel("number"), FieldPanel("total")]),
                FieldRowPanel([FieldPanel("issued_on"), FieldPanel("editorial_unit")]),
                FieldPanel("note"),
            ],
            heading=_("masthead"),
        ),
        FieldPanel("sections"),
        MultiFieldPanel(
            [
                FieldPanel("matrix_title"),
                FieldPanel("matrix_columns"),
                FieldPanel("matrix_rows"),
                FieldPanel("matrix_footnotes"),
                FieldPanel("matrix_is_public"),
            ],
            heading=_("assessment matrix"),
        ),
        MultiFieldPanel(
            [FieldPanel("report_to"), FieldPanel("send_to"), FieldPanel("editor"), FieldPanel("reviewer")],
            heading=_("imprint"),
        ),
    ]
    search_fields: ClassVar[list[Any]] = [*BasePage.search_fields, index.SearchField("searchable_text")]
    parent_page_types: ClassVar[list[str]] = ["newsletters.BulletinIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="issue_once_a_year"),
            models.CheckConstraint(condition=Q(number__gte=1, total__gte=1), name="issue_counts_from_one"),
        ]

    def clean(self) -> None:
        """Raises ValidationError naming the line of the matrix that does not fit."""
        super().clean()
        try:
            self.matrix()
        except MatrixError as error:
            message = MATRIX_PROBLEMS[error.word] % {"line": error.line, "text": error.text}
            raise ValidationError({"matrix_rows": message}) from error

    def matrix(self) -> Matrix:
        """The matrix as read from the two text fields. Raises MatrixError if it does not fit."""
        return read_matrix(self.matrix_columns, self.matrix_rows)

    def footnotes(self) -> list[str]:
        """The notes below the matrix."""
        return [line.strip() for line in self.matrix_footnotes.splitlines() if line.strip()]

    def reading(self) -> list[Section]:
        """The sections as they may be shown now."""
        return read_sections(self.sections, timezone.now())

    def searchable_text(self) -> str:
        """Texts of the articles; a picked case is found at its own address while it is published."""
        parts: list[str] = []
        for block in self.sections:
            if block.block_type != "cases":
                parts.extend(block.block.get_searchable_content(block.value))
        return " ".join(parts)

    def matrix_visible_to(self, user: Any) -> bool:
        """Departments that are signed in, staff, and everybody if the issue says so. One or two statements."""
        if not self.matrix_rows.strip():
            return False
        if self.matrix_is_public or getattr(user, "is_superuser", False):
            return True
        if not user.is_authenticated:
            return False
        offices = Membership.objects.current().filter(user_id=user.pk, organisation__kind__in=OFFICES)
        return offices.exists() or user.groups.filter(name__in=registry.GROUPS).exists()

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """/pdf/ below the issue is its A4 form; a hook hands it to the view."""
        if path_components == ["pdf"] and self.live:
            return RouteResult(self, kwargs={"form": "pdf"})
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The issue with its sections, its neighbours, and the matrix for those who may see it."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        issues = IssuePage.objects.live().exclude(pk=self.pk)
        context.update(
            sections=self.reading(),
            matrix=self.matrix() if self.matrix_visible_to(request.user) else None,
            previous=issues.filter(total__lt=self.total).order_by("-total").first(),
            next=issues.filter(total__gt=self.total).order_by("total").first(),
        )
        return context
