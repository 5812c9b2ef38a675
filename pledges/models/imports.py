"""Letters from a table: what was read of the file, and what was decided. No letter comes before the decision."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of, together
from foundation.identifiers import code12
from organisations.models import Organisation


class ImportState(models.TextChoices):
    """Where a table stands."""

    SHOWN = "shown", pgettext_lazy("import", "to be decided")
    WAITING = "waiting", pgettext_lazy("import", "taken over, not published yet")
    STORED = "stored", pgettext_lazy("import", "published")
    UNDONE = "undone", pgettext_lazy("import", "undone")


class LetterImport(models.Model):
    """One file. Its letters are stored and published at `due_at`, all that were chosen; until then it can be undone."""

    public_id = models.CharField(_("number"), max_length=12, unique=True, default=code12, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepting unit")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("imported by"),
    )  # fmt: skip
    file_name = models.CharField(_("file"), max_length=200)
    columns = models.JSONField(_("columns"), default=list)
    state = models.CharField(_("state"), max_length=8, choices=ImportState, default=ImportState.SHOWN)
    created_at = models.DateTimeField(_("created"))
    due_at = models.DateTimeField(_("published at"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("import of letters")
        verbose_name_plural = _("imports of letters")
        constraints = [
            one_of("state", ImportState, name="letter_import_state_known"),
            together(Q(state__in=["waiting", "stored"]), "due_at", name="letter_import_taken_has_its_moment"),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="letter_import_by_unit")]

    def __str__(self) -> str:
        return self.file_name


class RowState(models.TextChoices):
    """What a row is, compared with what the unit has sent before."""

    NEW = "new", pgettext_lazy("row", "new")
    UNCHANGED = "unchanged", pgettext_lazy("row", "unchanged")
    WRONG = "wrong", pgettext_lazy("row", "wrong")


class ImportRow(models.Model):
    """One row of the file. `data` is what it says in the fields of the layout, without identity numbers of persons:
    those are checked and forgotten. `reasons`: [[field, cell, reason]]."""

    batch = models.ForeignKey(
        LetterImport, on_delete=models.CASCADE, related_name="rows", verbose_name=_("import of letters")
    )
    number = models.PositiveIntegerField(_("row"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    source_code = models.CharField(_("the sender's code"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=RowState)
    data = models.JSONField(_("what it says"), default=dict)
    reasons = models.JSONField(_("what is wrong"), default=list)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        constraints = [
            one_of("state", RowState, name="letter_row_state_known"),
            models.UniqueConstraint(fields=["batch", "number"], name="letter_row_once"),
        ]
        indexes = [models.Index(fields=["batch", "state", "number"], name="letter_row_by_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
