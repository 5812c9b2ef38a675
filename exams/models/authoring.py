"""What authors work with around the wordings: pictures, comments, changes to many items, and the index of the bank."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exams.models.bank import Item, ItemVersion, VersionState
from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.storage import PrivateStorage
from foundation.writeonce import protect


class Picture(models.Model):
    """A picture as it was when an author put it into an item: a copy of its own, without metadata, never changed.

    Versions name it by `public_id` in their frozen content, so that replacing the image in the library changes no
    question. The file lies in the private store; a view serves it to whoever sits the paper.
    """

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    image = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("image in the library"),
    )
    file = models.FileField(pgettext_lazy("exam", "file"), upload_to="exams/pictures", storage=PrivateStorage())
    media_type = models.CharField(_("media type"), max_length=20)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        verbose_name = _("picture of an item")
        verbose_name_plural = _("pictures of items")
        constraints = [
            models.CheckConstraint(
                condition=Q(media_type__in=["image/png", "image/jpeg", "image/webp"]), name="picture_media_type_known"
            ),
            models.CheckConstraint(condition=Q(width__gte=1, height__gte=1), name="picture_has_a_size"),
        ]

    def __str__(self) -> str:
        return self.public_id


class ItemComment(models.Model):
    """A remark of a colleague on an item, at the version that it was made to. Never changed; settled by somebody."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="comments", verbose_name=_("exam item"))
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("version"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(pgettext_lazy("exam", "comment"), max_length=2000)
    created_at = models.DateTimeField(_("created"))
    resolved_at = models.DateTimeField(_("settled"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("settled by"),
    )

    class Meta:
        verbose_name = _("comment on an item")
        verbose_name_plural = _("comments on items")
        constraints = [
            together(Q(resolved_at__isnull=False), "resolved_by", name="comment_settled_by_somebody"),
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class BulkState(models.TextChoices):
    """How far a change to many items is."""

    RUNNING = "running", _("running")
    DONE = "done", pgettext_lazy("bulk change", "done")
    UNDONE = "undone", _("undone")


class BulkChange(models.Model):
    """One change to many items: what, to which, how far, and what was there before, so that it can be undone.

    `verb` is the name of a field or of an action ("submit", "approve", "retire"); `before` maps item ids to old values.
    """

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    verb = models.CharField(_("change"), max_length=12)
    value = models.JSONField(_("new value"), null=True)
    items = models.JSONField(_("items"))
    before = models.JSONField(_("values before"), default=dict)
    refused = models.JSONField(_("left alone"), default=list)
    state = models.CharField(_("state"), max_length=8, choices=BulkState, default=BulkState.RUNNING)
    done = models.PositiveIntegerField(_("items done"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("change to many items")
        verbose_name_plural = _("changes to many items")
        constraints = [one_of("state", BulkState, name="bulk_change_state_known")]

    def __str__(self) -> str:
        return self.public_id


class ItemIndex(models.Model):
    """What the list of items filters and sorts by, one row per item, folded from its newest version.

    Derived: `rebuild_item_index` remakes it from the facts. The words for the search stand beside it, in a full-text
    table of the database (`exams.queries.words`).
    """

    item = models.OneToOneField(
        Item, on_delete=models.CASCADE, primary_key=True, related_name="index", verbose_name=_("exam item")
    )
    newest = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="+", verbose_name=_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        verbose_name=_("author"),
        db_index=False,
    )
    changed_at = models.DateTimeField(_("changed"))
    has_picture = models.BooleanField(_("has a picture"), default=False)
    used_at = models.DateTimeField(_("last asked"), null=True)
    twin = models.ForeignKey(
        Item, on_delete=models.SET_NULL, related_name="+", null=True, verbose_name=_("most like"), db_index=False
    )
    likeness = models.PositiveSmallIntegerField(_("likeness (per cent)"), null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("row of the bank's index")
        verbose_name_plural = _("rows of the bank's index")
        constraints = [
            one_of("state", VersionState, name="item_index_state_known"),
            together(Q(twin__isnull=False), "likeness", name="item_index_twin_and_likeness"),
        ]
        indexes = [
            models.Index(fields=["state", "item"], name="item_index_by_state"),
            models.Index(fields=["author", "item"], name="item_index_by_author"),
            models.Index(fields=["changed_at", "item"], name="item_index_by_change"),
            models.Index(fields=["used_at", "item"], name="item_index_by_use"),
            models.Index(fields=["item"], condition=Q(has_picture=True), name="item_index_pictures"),
            models.Index(fields=["twin"], condition=Q(twin__isnull=False), name="item_index_twins"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}"


protect("exams.Picture", frozen=["public_id", "file", "media_type", "width", "height", "digest", "taken_at"])
protect("exams.ItemComment", frozen=["item", "version", "author", "text", "created_at"])
