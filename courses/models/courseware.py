"""课件: the pages of a PDF as pictures with their text."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of
from foundation.identifiers import code12


class CoursewareState(models.TextChoices):
    """How far the rendering is."""

    PENDING = "pending", _("being prepared")
    READY = "ready", _("ready")
    FAILED = "failed", _("cannot be shown")


class Courseware(models.Model):
    """One document that a lesson shows page by page. Made anew by a job whenever its file changes."""

    document = models.OneToOneField(
        "wagtaildocs.Document",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=pgettext_lazy("courseware", "document"),
    )
    file_hash = models.CharField(_("hash of the file"), max_length=40)
    state = models.CharField(_("state"), max_length=8, choices=CoursewareState, default=CoursewareState.PENDING)
    error = models.CharField(_("why it cannot be shown"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("courseware")
        verbose_name_plural = _("courseware")
        constraints = [one_of("state", CoursewareState, name="courseware_state_known")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.state}"


def sheet_path(sheet: "CoursewareSheet", filename: str) -> str:
    """A name that cannot be guessed from that of another page."""
    return f"courseware/{sheet.courseware_id}/{sheet.number:03d}-{code12()}.webp"


class CoursewareSheet(models.Model):
    """One page: its picture, and the text that stands on it for those who do not see it."""

    courseware = models.ForeignKey(
        Courseware, on_delete=models.CASCADE, related_name="sheets", verbose_name=_("courseware")
    )
    number = models.PositiveSmallIntegerField(pgettext_lazy("courseware", "page"))
    image = models.FileField(_("picture"), upload_to=sheet_path)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("courseware page")
        verbose_name_plural = _("courseware pages")
        constraints = [models.UniqueConstraint(fields=["courseware", "number"], name="sheet_number_once")]

    def __str__(self) -> str:
        return f"{self.courseware_id}/{self.number}"

    @property
    def short_text(self) -> str:
        """The beginning of the text, for the picture's description."""
        words = " ".join(self.text.split())
        return words if len(words) <= 120 else f"{words[:119]}…"
