"""A file on its way into the bank: what it says, what was read, what a person decided and what came of it."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exams.models.bank import Bank, Item, ItemVersion
from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.writeonce import protect


def private_storage() -> Storage:
    """The storage that no address serves: the files hold keys."""
    return storages["private"]


def import_path(batch: "ImportBatch", filename: str) -> str:
    """A random name: what somebody called the file stays in the row."""
    return f"exam-imports/{code12()}"


class ImportFormat(models.TextChoices):
    """What a file is taken for."""

    AUTO = "auto", _("found out by itself")
    TEXT = "text", _("plain text")
    DOCX = "docx", _("Word (.docx)")
    XLSX = "xlsx", _("Excel (.xlsx)")
    CSV = "csv", "CSV"
    GIFT = "gift", "GIFT"
    MOODLE_XML = "moodle-xml", "Moodle XML"
    AIKEN = "aiken", "Aiken"


class NumberRule(models.TextChoices):
    """Whether the numbers of the file name questions for good or only count them."""

    AUTO = "auto", _("decided by the format")
    YES = "yes", _("yes: they name the questions")
    NO = "no", _("no: they only count")


class ImportState(models.TextChoices):
    """Where a batch stands."""

    READING = "reading", _("being read")
    FAILED = "failed", _("unreadable")
    PREVIEW = "preview", _("waiting for a person")
    STORING = "storing", _("being stored")
    STORED = "stored", pgettext_lazy("import", "stored")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")


class Verdict(models.TextChoices):
    """What the reader says about a block; `skip` stands only in `lane`."""

    ACCEPT = "accept", pgettext_lazy("verdict", "accept")
    REVIEW = "review", pgettext_lazy("verdict", "look at it")
    REJECT = "reject", pgettext_lazy("verdict", "no question")
    SKIP = "skip", pgettext_lazy("verdict", "left out")


class Decision(models.TextChoices):
    """What a person says about a block. `new` and `update` settle what it is to an item that looks the same."""

    ACCEPT = "accept", _("store it")
    SKIP = "skip", _("leave it out")
    NEW = "new", _("store it as a new item")
    UPDATE = "update", _("take it as a new wording of that item")


class Fate(models.TextChoices):
    """What storing a block does to the bank."""

    NEW = "new", _("new")
    UPDATE = "update", _("changes an item")
    UNCHANGED = "unchanged", _("unchanged")
    DUPLICATE = "duplicate", _("there already")
    CONFLICT = "conflict", _("to be decided")


class ImportBatch(models.Model):
    """One file or pasted text. Nothing of it is in the bank before a person has seen the preview and stored it."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="+", verbose_name=_("item bank"))
    file = models.FileField(_("file"), storage=private_storage, upload_to=import_path, max_length=120)
    filename = models.CharField(_("file name"), max_length=200)
    format = models.CharField(_("format"), max_length=10, choices=ImportFormat, default=ImportFormat.AUTO)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    numbers = models.CharField(
        _("numbers name the questions"), max_length=4, choices=NumberRule, default=NumberRule.AUTO
    )
    create_points = models.BooleanField(_("create missing knowledge points"), default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("uploaded"))
    state = models.CharField(_("state"), max_length=9, choices=ImportState, default=ImportState.READING)
    error = models.CharField(max_length=200, blank=True, editable=False)
    total = models.PositiveIntegerField(_("blocks"), default=0)
    accepted = models.PositiveIntegerField(default=0, editable=False)
    to_review = models.PositiveIntegerField(default=0, editable=False)
    rejected = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    hand_in = models.BooleanField(default=False, editable=False)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("stored by"),
    )
    stored_at = models.DateTimeField(pgettext_lazy("import", "stored"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of items")
        verbose_name_plural = _("imports of items")
        constraints = [
            one_of("format", ImportFormat, name="import_format_known"),
            one_of("numbers", NumberRule, name="import_numbers_known"),
            one_of("state", ImportState, name="import_state_known"),
            models.CheckConstraint(condition=Q(error="") | Q(state="failed"), name="import_error_only_if_failed"),
            together(
                Q(state__in=["storing", "stored", "undoing", "undone"]), "stored_at", name="import_stored_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ImportBlock(models.Model):
    """One block of a batch: its place and raw text for good, its reading as a person mends it, and what came of it.

    `notes` are codes about the bank ("duplicate-line: 12"), `reasons` codes about the reading. `lane` sums up where it
    stands now. `previous` is what an update in place overwrote, so that it can be undone.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="blocks")
    order = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    line_end = models.PositiveIntegerField()
    raw = models.TextField(blank=True)
    reading = models.JSONField()
    original = models.JSONField(null=True)
    status = models.CharField(max_length=6, choices=Verdict)
    reasons = models.JSONField(default=list)
    # Of the reading: finds blocks of the same file that ask the same or bear the same number.
    stem_key = models.CharField(max_length=64)
    number = models.CharField(max_length=40, blank=True)
    fate = models.CharField(max_length=9, choices=Fate)
    notes = models.JSONField(default=list)
    lane = models.CharField(max_length=6, choices=Verdict)
    match = models.ForeignKey(Item, on_delete=models.SET_NULL, related_name="+", null=True)
    mended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    decision = models.CharField(max_length=6, choices=Decision, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    outcome = models.CharField(max_length=9, choices=Fate, blank=True)
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, related_name="+", null=True)
    version = models.ForeignKey(ItemVersion, on_delete=models.SET_NULL, related_name="+", null=True)
    previous = models.JSONField(null=True)

    class Meta:
        verbose_name = _("block of an import")
        verbose_name_plural = _("blocks of an import")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["accept", "review", "reject"]), name="block_status_known"),
            one_of("lane", Verdict, name="block_lane_known"),
            one_of("fate", Fate, name="block_fate_known"),
            models.CheckConstraint(condition=Q(decision__in=["", *Decision.values]), name="block_decision_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "new", "update", "unchanged"]), name="block_outcome_known"
            ),
            models.CheckConstraint(condition=Q(outcome="") | Q(lane="accept"), name="block_only_accepted_is_stored"),
            models.UniqueConstraint(fields=["batch", "order"], name="block_once_in_batch"),
        ]
        indexes = [
            models.Index(fields=["batch", "lane", "order"], name="block_by_lane"),
            models.Index(fields=["batch", "stem_key"], name="block_by_stem"),
            models.Index(fields=["batch", "number"], name="block_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.order}"


protect(
    "exams.ImportBatch",
    frozen=["bank", "file", "filename", "format", "size", "sha256", "numbers", "create_points", "uploaded_by"],
)
protect("exams.ImportBlock", frozen=["batch", "order", "line", "line_end", "raw"])
