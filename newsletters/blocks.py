"""The sections of an issue."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

RICH_TEXT = ["h3", "bold", "ol", "ul", "link"]


class ArticleBlock(blocks.StructBlock):
    """An article or a short report with the units that reported it."""

    title = blocks.CharBlock(label=_("title"), max_length=120, required=False)
    body = blocks.RichTextBlock(label=pgettext_lazy("report", "text"), features=RICH_TEXT)
    units = blocks.ListBlock(blocks.CharBlock(max_length=60), label=_("reported by"), default=[])

    class Meta:
        icon = "doc-full"
        label = pgettext_lazy("report", "text")


class PickedCaseBlock(blocks.StructBlock):
    """A published case, with the words that the bulletin has for it. It leaves the issue when the case comes down."""

    case = blocks.PageChooserBlock(page_type="cms.CasePage", label=_("case"))
    title = blocks.CharBlock(label=_("title in the bulletin"), max_length=120, required=False)
    body = blocks.RichTextBlock(label=_("text in the bulletin"), features=RICH_TEXT, required=False)

    class Meta:
        icon = "form"
        label = _("case")


class ProgressSection(blocks.StructBlock):
    """Progress of the work (工作推进)."""

    title = blocks.CharBlock(label=pgettext_lazy("issue", "heading"), max_length=40, default="工作推进")
    items = blocks.ListBlock(ArticleBlock(), label=_("articles"))

    class Meta:
        icon = "title"
        label = _("work in progress")


class CasesSection(blocks.StructBlock):
    """Cases picked into the issue (奖惩案例)."""

    title = blocks.CharBlock(label=pgettext_lazy("issue", "heading"), max_length=40, default="奖惩案例")
    items = blocks.ListBlock(PickedCaseBlock(), label=pgettext_lazy("issue", "cases"))

    class Meta:
        icon = "form"
        label = pgettext_lazy("issue", "cases")


class BriefsSection(blocks.StructBlock):
    """News in brief (工作简讯)."""

    title = blocks.CharBlock(label=pgettext_lazy("issue", "heading"), max_length=40, default="工作简讯")
    items = blocks.StreamBlock(
        [("report", SnippetChooserBlock("newsletters.NewsItem", label=_("accepted report"))), ("text", ArticleBlock())],
        label=_("news"),
    )

    class Meta:
        icon = "list-ul"
        label = _("news in brief")


class SectionsBlock(blocks.StreamBlock):
    """The body of an issue, in any order."""

    progress = ProgressSection()
    cases = CasesSection()
    briefs = BriefsSection()
