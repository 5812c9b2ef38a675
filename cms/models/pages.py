"""The home page, standard pages, the handbook and notices."""

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from cms import registry
from cms.blocks import BodyBlock, StreamField
from cms.models.base import BasePage
from cms.models.cases import CaseIndexPage, CasePage

# The five steps as the front door shows them: number, icon, address, word, what one does.
STEPS = (
    ("一", "learn", "/learn/", _("Learn"), _("Understand the rules and why")),
    ("二", "train", "/my/", _("Train"), _("Try it out in a situation")),
    ("三", "exam", "/my/", _("Test"), _("See how well it sits")),
    ("四", "pledge", "/registry/", _("Pledge"), _("Write it down and sign")),
    ("五", "act", "/my/", _("Practise"), _("Do it and leave a record")),
)
NOTICES_A_PAGE = 20
NOTICES_AT_HOME = 4
CASES_AT_HOME = 2
BOOKS_AT_HOME = 6
HEADLINES_AT_HOME = 5


class HomePage(BasePage):
    """The front door. Its words are an editor's; its figures, books and headlines come from the apps above."""

    hero_title = models.CharField(
        _("large words"), max_length=40, help_text=_("A full-width comma ends the first line.")
    )
    access_note = models.CharField(_("who signs in how"), max_length=120, blank=True)

    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        FieldPanel("hero_title"),
        FieldPanel("access_note"),
    ]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count = 1

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def hero_lines(self) -> list[str]:
        """The large words, one line each: 说到， / 做到。"""
        first, comma, rest = self.hero_title.partition("，")
        return [first + comma, rest] if rest else [self.hero_title]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Everything on the page; a part without content is left out by the template."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        notices = NoticePage.objects.live().order_by("-published_on", "-pk")
        cases = CasePage.objects.in_publication(timezone.now()).newest()
        names = ("number", "icon", "url", "word", "description")
        context.update(
            steps=[dict(zip(names, step, strict=True)) for step in STEPS],
            notices=list(notices[:NOTICES_AT_HOME]),
            cases=list(cases[:CASES_AT_HOME]),
            figures=sorted((figure() for figure in registry.figures.values()), key=lambda figure: figure.order),
            books=[book for shelf in registry.shelves.values() for book in shelf(BOOKS_AT_HOME)][:BOOKS_AT_HOME],
            headlines=[line for lines in registry.headlines.values() for line in lines(HEADLINES_AT_HOME)],
            case_index=CaseIndexPage.objects.live().first(),
            notice_index=NoticeIndexPage.objects.live().first(),
            handbook=HandbookIndexPage.objects.live().first(),
        )
        return context


class StandardPage(BasePage):
    """An ordinary page: privacy and publicity rules, accessibility, about."""

    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body")]
    search_fields: ClassVar[list[Any]] = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")


class HandbookIndexPage(BasePage):
    """The cover and the table of contents of the integrity handbook 公务员诚信手册."""

    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.HandbookChapterPage"]
    max_count = 1

    class Meta:
        verbose_name = _("handbook")
        verbose_name_plural = _("handbooks")

    def chapters(self) -> "models.QuerySet[HandbookChapterPage]":
        """Published chapters in order."""
        found: models.QuerySet[HandbookChapterPage] = HandbookChapterPage.objects.child_of(self).live()
        return found.order_by("path")


class HandbookChapterPage(BasePage):
    """One chapter of the handbook."""

    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body")]
    search_fields: ClassVar[list[Any]] = [*BasePage.search_fields, index.SearchField("body")]
    parent_page_types: ClassVar[list[str]] = ["cms.HandbookIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("handbook chapter")
        verbose_name_plural = _("handbook chapters")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The page with its neighbours and the table of contents."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        chapters = list(HandbookChapterPage.objects.sibling_of(self).live().order_by("path"))
        here = next((n for n, chapter in enumerate(chapters) if chapter.pk == self.pk), None)
        context.update(
            chapters=chapters,
            number=None if here is None else here + 1,
            previous=chapters[here - 1] if here else None,
            next=chapters[here + 1] if here is not None and here + 1 < len(chapters) else None,
        )
        return context


class NoticeIndexPage(BasePage):
    """All notices, newest first."""

    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.NoticePage"]
    max_count = 1

    class Meta:
        verbose_name = _("list of notices")
        verbose_name_plural = _("lists of notices")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One page of notices; a page number that does not exist shows the nearest."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        notices = NoticePage.objects.child_of(self).live().order_by("-published_on", "-pk")
        context["notices"] = Paginator(notices, NOTICES_A_PAGE).get_page(request.GET.get("page"))
        return context


class NoticePage(BasePage):
    """One notice."""

    published_on = models.DateField(_("day"), default=timezone.localdate)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        FieldPanel("published_on"),
        FieldPanel("body"),
    ]
    search_fields: ClassVar[list[Any]] = [*BasePage.search_fields, index.SearchField("body")]
    parent_page_types: ClassVar[list[str]] = ["cms.NoticeIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
