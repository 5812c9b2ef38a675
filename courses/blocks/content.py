"""The blocks that an author chooses from."""

import shutil
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ListBlock,
    PageChooserBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
)
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]
SLIDE_EXTENSIONS = ("pptx",)


def can_convert_slides() -> bool:
    """True where LibreOffice is installed, which turns PowerPoint into PDF."""
    return shutil.which("soffice") is not None


class PictureBlock(StructBlock):
    """A picture is never without words for those who do not see it."""

    image = ImageChooserBlock(label=_("picture"))
    alt = CharBlock(label=_("what the picture shows"), max_length=200)
    caption = CharBlock(label=_("caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("picture")


class VideoBlock(StructBlock):
    """A film with captions (WebVTT) and the same content as text."""

    media = VideoChooserBlock(label=_("video file"))
    title = CharBlock(label=_("title"), max_length=120)
    captions = DocumentChooserBlock(label=_("captions (WebVTT file)"), required=False)
    transcript = TextBlock(
        label=_("transcript"), help_text=_("The film in words: read by those who cannot hear or play it.")
    )

    class Meta:
        icon = "media"
        label = _("video")

    def clean(self, value: Any) -> Any:
        """Raise a validation error if the captions are not a WebVTT file."""
        cleaned = super().clean(value)
        captions = cleaned.get("captions")
        if captions is not None and captions.file_extension.lower() != "vtt":
            raise StructBlockValidationError(
                block_errors={"captions": ValidationError(_("Captions must be a WebVTT file (.vtt)."))}
            )
        return cleaned


class AudioBlock(StructBlock):
    """A recording and its text."""

    media = AudioChooserBlock(label=_("audio file"))
    title = CharBlock(label=_("title"), max_length=120)
    transcript = TextBlock(label=_("transcript"))

    class Meta:
        icon = "media"
        label = _("audio")


class QuoteBlock(StructBlock):
    """Words of a regulation, with where they stand."""

    text = TextBlock(label=_("quotation"))
    source = CharBlock(label=_("title of the document"), max_length=200)
    document_number = CharBlock(label=_("document number"), required=False, max_length=80)

    class Meta:
        icon = "openquote"
        label = _("regulation")


class CaseBlock(StructBlock):
    """A case of the case list that belongs here."""

    page = PageChooserBlock(page_type="cms.CasePage", label=_("case"))
    note = CharBlock(label=_("why it belongs here"), required=False, max_length=200)

    class Meta:
        icon = "doc-full"
        label = _("case")


class OptionBlock(StructBlock):
    """One possible answer."""

    text = CharBlock(label=_("answer"), max_length=200)
    correct = BooleanBlock(label=pgettext_lazy("answer", "right"), required=False)

    class Meta:
        label = _("answer")


class QuestionBlock(StructBlock):
    """A short check question: one answer is chosen, feedback follows at once."""

    stem = CharBlock(label=_("question"), max_length=300)
    options = ListBlock(OptionBlock(), label=_("answers"), min_num=2, max_num=6)
    explanation = TextBlock(label=_("explanation"), help_text=_("Shown after answering: why, and where it is written."))

    class Meta:
        icon = "help"
        label = _("check question")

    def clean(self, value: Any) -> Any:
        """Raise a validation error if no answer, or every answer, is right."""
        cleaned = super().clean(value)
        right = [bool(option["correct"]) for option in cleaned["options"]]
        if all(right) or not any(right):
            raise StructBlockValidationError(
                non_block_errors=[_("Mark at least one right answer, and leave at least one wrong.")]
            )
        return cleaned


class AttachmentBlock(StructBlock):
    """A file to take along."""

    document = DocumentChooserBlock(label=_("file"))
    title = CharBlock(label=_("title"), required=False, max_length=120)

    class Meta:
        icon = "download"
        label = _("attachment")


class CoursewareBlock(StructBlock):
    """课件: a PDF (or PowerPoint where it can be converted) shown page by page."""

    document = DocumentChooserBlock(label=_("PDF or PowerPoint file"))
    title = CharBlock(label=_("title"), max_length=120)

    class Meta:
        icon = "doc-full-inverse"
        label = _("courseware")

    def clean(self, value: Any) -> Any:
        """Raise a validation error unless the file can be shown page by page on this server."""
        cleaned = super().clean(value)
        extension = cleaned["document"].file_extension.lower()
        if extension in SLIDE_EXTENSIONS and not can_convert_slides():
            message = _("This server cannot convert PowerPoint. Please save it as PDF and choose that file.")
            raise StructBlockValidationError(block_errors={"document": ValidationError(message)})
        if extension not in ("pdf", *SLIDE_EXTENSIONS):
            raise StructBlockValidationError(
                block_errors={"document": ValidationError(_("Courseware must be a PDF or PowerPoint file."))}
            )
        return cleaned


class ContentBlock(StreamBlock):
    """Everything that may stand in a section."""

    text = RichTextBlock(label=_("text"), features=TEXT_FEATURES, icon="pilcrow")
    picture = PictureBlock()
    video = VideoBlock()
    audio = AudioBlock()
    quote = QuoteBlock()
    case = CaseBlock()
    question = QuestionBlock()
    courseware = CoursewareBlock()
    attachment = AttachmentBlock()


class SectionBlock(StructBlock):
    """One section: what a learner reads to the end before it counts."""

    heading = CharBlock(label=_("heading"), max_length=80)
    content = ContentBlock(label=_("content"))

    class Meta:
        icon = "title"
        label = _("section")


class LessonBody(StreamBlock):
    """A lesson is a list of sections."""

    section = SectionBlock()
