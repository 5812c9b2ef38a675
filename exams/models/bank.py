"""The item bank: what may be asked, in frozen wordings, with the keys in a table of their own."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of, together
from foundation.writeonce import ALL, protect


class Audience(models.TextChoices):
    """For whom a bank or an item is written. The values are those of a programme's audience."""

    CIVIL_SERVANT = "civil_servant", _("civil servants")
    TEACHER = "teacher", _("teachers")
    PRIMARY = "primary", _("primary school pupils")
    JUNIOR = "junior", _("junior secondary pupils")
    SENIOR = "senior", _("senior secondary pupils")
    UNIVERSITY = "university", _("university students")
    ENTERPRISE = "enterprise", _("enterprises")


class Language(models.TextChoices):
    """In which language an item is written. The values are language tags (RFC 5646)."""

    SIMPLIFIED = "zh-Hans", _("simplified Chinese")
    TRADITIONAL = "zh-Hant", _("traditional Chinese")
    ENGLISH = "en", _("English")


class ItemType(models.TextChoices):
    """How an item is answered. The values are those that `exams.grading` knows."""

    SINGLE = "single", _("single choice")
    MULTIPLE = "multiple", _("multiple choice")
    TRUE_FALSE = "true_false", _("true or false")
    BLANK = "blank", _("fill in")
    ORDERING = "ordering", _("put in order")
    MATCHING = "matching", _("match")
    SHORT = "short", _("short answer")
    SCENARIO = "scenario", _("case with several questions")
    SURVEY = "survey", _("rating")


class VersionState(models.TextChoices):
    """Where a wording stands. A second person moves it from review to ready; ready wordings are frozen."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    READY = "ready", _("ready")
    RETIRED = "retired", _("retired")


class Bank(models.Model):
    """A collection of items for one audience."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    description = models.TextField(pgettext_lazy("exam", "description"), blank=True)

    class Meta:
        verbose_name = _("item bank")
        verbose_name_plural = _("item banks")
        constraints = [one_of("audience", Audience, name="bank_audience_known")]

    def __str__(self) -> str:
        return self.name


class KnowledgePoint(models.Model):
    """What an item tests; a tree by `parent`. `reread_*` says where a learner can read it up again."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True, verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=80)
    path = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    reread_title = models.CharField(_("read again: title"), max_length=120, blank=True)
    reread_url = models.CharField(_("read again: address on this site"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("knowledge point")
        verbose_name_plural = _("knowledge points")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], condition=~Q(parent=None), name="point_named_once_below_parent"
            ),
            models.UniqueConstraint(fields=["name"], condition=Q(parent=None), name="point_named_once_at_the_top"),
            models.CheckConstraint(
                condition=Q(reread_url="") | Q(reread_url__startswith="/"), name="point_reread_here"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A question of the bank; its wordings are versions. `number` is the number it has in its source, if any."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="items", verbose_name=_("item bank"))
    number = models.CharField(_("number in the bank"), max_length=40, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=ItemType)
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    language = models.CharField(pgettext_lazy("exam", "language"), max_length=8, choices=Language, default="zh-Hans")
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), default=3)
    point = models.ForeignKey(
        KnowledgePoint,
        on_delete=models.PROTECT,
        related_name="items",
        null=True,
        blank=True,
        verbose_name=_("knowledge point"),
    )
    source = models.CharField(_("source (document and number)"), max_length=200, blank=True)
    # Of the newest wording, by `exams.importers.identity`: what tells a question that is there already.
    stem_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("exam item")
        verbose_name_plural = _("exam items")
        constraints = [
            one_of("type", ItemType, name="item_type_known"),
            one_of("audience", Audience, name="item_audience_known"),
            one_of("language", Language, name="item_language_known"),
            models.CheckConstraint(condition=Q(difficulty__gte=1, difficulty__lte=5), name="item_difficulty_1_to_5"),
            models.UniqueConstraint(
                fields=["bank", "number"], condition=~Q(number=""), name="item_numbered_once_in_bank"
            ),
        ]
        indexes = [
            models.Index(fields=["bank", "type", "point", "difficulty"], name="item_by_cell"),
            models.Index(fields=["stem_key"], name="item_by_stem"),
        ]

    def __str__(self) -> str:
        return f"{self.bank}: {self.number or self.pk}"


class ItemVersion(models.Model):
    """One wording of an item: what a learner sees, and nothing of the key.

    `content` holds options with random ids (`{"options": [{"id", "text"}]}`), the number of blanks, the two sides to
    match, or the parts of a case (`exams.importers.plain`); ids are random so that neither their order nor their form
    says which is right. `pictures` in it name snapshots (`Picture`). A version is frozen when it becomes ready; from
    then on a change is a new version, because attempts point to what was asked.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions", verbose_name=_("exam item"))
    number = models.PositiveSmallIntegerField(_("version"))
    stem = models.TextField(_("question"))
    content = models.JSONField(_("options"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("author"),
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("reviewer"),
    )
    created_at = models.DateTimeField(_("created"))
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)

    class Meta:
        verbose_name = _("item version")
        verbose_name_plural = _("item versions")
        constraints = [
            one_of("state", VersionState, name="item_version_state_known"),
            together(Q(state__in=["ready", "retired"]), "frozen_at", name="version_frozen_once_ready"),
            models.CheckConstraint(
                condition=Q(author=None) | Q(reviewer=None) | ~Q(author=F("reviewer")), name="version_second_person"
            ),
            models.UniqueConstraint(fields=["item", "number"], name="version_numbered_once"),
            models.UniqueConstraint(fields=["item"], condition=Q(state="ready"), name="version_one_ready"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state__in=["draft", "in_review"]), name="version_one_in_work"
            ),
        ]

    def __str__(self) -> str:
        return self.stem[:60]


class ItemKey(models.Model):
    """The answer to one version and the reason for it. A table of its own: what serves a paper never reads it.

    Frozen together with its version.
    """

    version = models.OneToOneField(
        ItemVersion, on_delete=models.PROTECT, primary_key=True, related_name="key", verbose_name=_("version")
    )
    answer = models.JSONField(_("answer"), null=True)
    explanation = models.TextField(_("explanation"), blank=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")

    def __str__(self) -> str:
        return f"{self.version_id}"


protect(
    "exams.ItemVersion",
    frozen=["item", "number", "stem", "content", "author", "reviewer", "created_at", "frozen_at"],
    when="OLD.frozen_at IS NOT NULL",
)
protect("exams.ItemKey", frozen=ALL, when="OLD.frozen_at IS NOT NULL")
