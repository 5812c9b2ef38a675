"""A roster on its way into the tree: what the file says, what it would do, what was done and how to take it back."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of, together
from foundation.identifiers import code12
from organisations.models.tree import Membership, Organisation


def private_storage() -> Storage:
    """The storage that no address serves."""
    return storages["private"]


class RosterState(models.TextChoices):
    """Where an import stands."""

    READING = "reading", _("roster is being read")
    FAILED = "failed", _("file cannot be read")
    PREVIEW = "preview", _("waits for your decision")
    APPLYING = "applying", _("being put in")
    APPLIED = "applied", _("put in")
    UNDOING = "undoing", _("being taken back")
    UNDONE = "undone", _("taken back")
    DISCARDED = "discarded", _("put away")


class RowStatus(models.TextChoices):
    """What a row would do."""

    NEW = "new", pgettext_lazy("roster", "new")
    CHANGED = "changed", pgettext_lazy("roster", "changed")
    UNCHANGED = "unchanged", pgettext_lazy("roster", "unchanged")
    ERROR = "error", pgettext_lazy("roster", "wrong")


class RosterImport(models.Model):
    """One file. Nobody is added, changed or ended before a person has seen what it would do."""

    public_id = models.CharField(max_length=12, unique=True, default=code12, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    filename = models.CharField(_("file name"), max_length=200)
    # Encrypted, and gone as soon as it is not needed: the file holds ID numbers.
    file = models.FileField(storage=private_storage, max_length=120, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    headers = models.JSONField(default=list, editable=False)
    is_complete = models.BooleanField(_("the file names everybody of the organisation"), default=False)
    makes_units = models.BooleanField(_("make missing grades, classes and sections"), default=False)
    is_valid_only = models.BooleanField(default=False, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=RosterState, default=RosterState.READING)
    error = models.CharField(max_length=200, blank=True, editable=False)
    expected = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(_("people in the file"), default=0)
    skipped = models.JSONField(default=list, editable=False)
    made_units = models.JSONField(default=list, editable=False)
    is_rolled_back = models.BooleanField(default=False, editable=False)  # it was taken back by itself, half-way
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("uploaded"))
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    applied_at = models.DateTimeField(_("put in"), null=True, blank=True)

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        constraints = [
            one_of("state", RosterState, name="roster_state_known"),
            models.CheckConstraint(
                condition=Q(error="") | Q(state__in=["failed", "preview"]), name="roster_error_told"
            ),
            together(Q(state__in=["applying", "applied", "undoing", "undone"]), "applied_at", name="roster_applied_at"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=["applying", "undoing"]),
                name="roster_one_at_work_per_organisation",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="roster_by_organisation")]

    def __str__(self) -> str:
        return self.filename


class RosterRow(models.Model):
    """One person of the file. `reasons` are codes; `changes` is {field: [old, new]}; `before` is what undoing needs."""

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows")
    order = models.PositiveIntegerField()
    sheet = models.CharField(max_length=60, blank=True)
    row = models.PositiveIntegerField()
    cell = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=60, blank=True)
    values = models.JSONField(default=dict)
    parts = models.JSONField(default=list)
    kind = models.CharField(max_length=5, blank=True)
    id_digest = models.CharField(max_length=64, blank=True)
    id_mask = models.CharField(max_length=18, blank=True)
    flaws = models.JSONField(default=list)  # what the reader and the rest of the file have against it
    status = models.CharField(max_length=9, choices=RowStatus)
    reasons = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    unit = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="+")
    is_applied = models.BooleanField(default=False)
    before = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row of a roster")
        verbose_name_plural = _("rows of a roster")
        constraints = [
            one_of("status", RowStatus, name="roster_row_status_known"),
            models.UniqueConstraint(fields=["roster", "order"], name="roster_row_once"),
            models.CheckConstraint(
                condition=Q(is_applied=False) | Q(status__in=["new", "changed"]), name="roster_row_only_good_is_applied"
            ),
        ]
        indexes = [models.Index(fields=["roster", "status", "order"], name="roster_row_by_status")]

    def __str__(self) -> str:
        return f"{self.roster_id}: {self.order}"


class RosterLeaver(models.Model):
    """Somebody who belongs to a unit of the file and does not stand in it. Only a person ends the membership."""

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="leavers")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    is_chosen = models.BooleanField(default=False)
    ended = models.JSONField(null=True)  # ids of the memberships that were ended

    class Meta:
        verbose_name = _("leaver of a roster")
        verbose_name_plural = _("leavers of a roster")
        constraints = [models.UniqueConstraint(fields=["roster", "membership"], name="roster_leaver_once")]

    def __str__(self) -> str:
        return f"{self.roster_id}: {self.membership_id}"


class RosterColumns(models.Model):
    """What the headers of an organisation's files mean, as somebody has said once: {folded header: field or ""}."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="+")
    words = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")

    def __str__(self) -> str:
        return str(self.organisation_id)
