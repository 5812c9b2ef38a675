"""Running text with headings, pictures, quotations and attachments."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT = ["h3", "bold", "ol", "ul", "link", "document-link"]


class DocumentBlock(blocks.StructBlock):
    """A document that something rests on: its name and its number (文号)."""

    name = blocks.CharBlock(label=_("name of the document"), max_length=200)
    number = blocks.CharBlock(label=_("document number"), max_length=80, required=False)

    class Meta:
        icon = "doc-full"
        label = pgettext_lazy("basis", "document")


class PictureBlock(blocks.StructBlock):
    """A picture with the words for those who do not see it."""

    image = ImageChooserBlock(label=_("picture"))
    alt = blocks.CharBlock(label=_("description for those who cannot see it"), max_length=200)
    caption = blocks.CharBlock(label=_("caption"), max_length=200, required=False)

    class Meta:
        icon = "image"
        label = _("picture")
        template = "cms/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    """A quotation with its source."""

    text = blocks.TextBlock(label=_("words"))
    source = blocks.CharBlock(label=_("source"), max_length=200, required=False)

    class Meta:
        icon = "openquote"
        label = _("quotation")
        template = "cms/blocks/quote.html"


class AttachmentBlock(blocks.StructBlock):
    """A file to take away."""

    document = DocumentChooserBlock(label=_("file"))
    title = blocks.CharBlock(label=_("title"), max_length=120, required=False)

    class Meta:
        icon = "download"
        label = _("attachment")
        template = "cms/blocks/attachment.html"


class BodyBlock(blocks.StreamBlock):
    """The body of an ordinary page."""

    heading = blocks.CharBlock(label=_("heading"), max_length=80, icon="title", template="cms/blocks/heading.html")
    text = blocks.RichTextBlock(label=_("text"), features=RICH_TEXT)
    picture = PictureBlock()
    quote = QuoteBlock()
    attachment = AttachmentBlock()
