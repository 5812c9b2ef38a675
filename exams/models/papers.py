"""Papers: what is drawn, by which rules it is sat, and which step of a programme it serves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from exams.models.bank import Bank, Item, ItemType, KnowledgePoint
from foundation.constraints import one_of


class PaperMode(models.TextChoices):
    """What sitting the paper is for. The values are the kinds of step that exams owns."""

    DRILL = "drill", _("drill")
    EXAM = "exam", _("exam")
    SURVEY = "survey", _("self-assessment")


class ReviewRule(models.TextChoices):
    """When the learner sees the right answers and their reasons. Never before handing in."""

    AFTER_SUBMIT = "after_submit", _("after each attempt")
    AFTER_LAST = "after_last", _("once passed, or when no attempt is left")
    NEVER = "never", _("never")


class Blueprint(ClusterableModel):
    """How many items of which knowledge point, type and difficulty a paper draws."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("blueprint")
        verbose_name_plural = _("blueprints")

    def __str__(self) -> str:
        return self.name


class BlueprintSection(models.Model):
    """One cell: `count` items, each worth `points`. A field left empty lets everything through."""

    blueprint = ParentalKey(Blueprint, on_delete=models.CASCADE, related_name="sections", verbose_name=_("blueprint"))
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="+", verbose_name=_("item bank"))
    point = models.ForeignKey(
        KnowledgePoint,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("knowledge point"),
        help_text=_("Points below it count as well."),
    )
    type = models.CharField(_("type"), max_length=10, choices=ItemType, blank=True)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), null=True, blank=True)
    count = models.PositiveSmallIntegerField(_("number of items"))
    points = models.DecimalField(_("points each"), max_digits=5, decimal_places=2, default=1)

    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("blueprint section")
        verbose_name_plural = _("blueprint sections")
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=200), name="section_count_1_to_200"),
            models.CheckConstraint(condition=Q(points__gt=0), name="section_points_positive"),
            models.CheckConstraint(
                condition=Q(difficulty=None) | Q(difficulty__gte=1, difficulty__lte=5),
                name="section_difficulty_1_to_5",
            ),
            models.CheckConstraint(condition=Q(type="") | Q(type__in=ItemType.values), name="section_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.blueprint_id}/{self.sort_order}"


class Paper(ClusterableModel):
    """A blueprint or fixed items, plus the rules of sitting. What an attempt was given is copied into the attempt."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    mode = models.CharField(_("mode"), max_length=6, choices=PaperMode)
    intro = models.TextField(_("what to know beforehand"), blank=True)
    blueprint = models.ForeignKey(
        Blueprint, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("blueprint")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    pass_mark = models.PositiveSmallIntegerField(_("pass mark (per cent)"), null=True, blank=True)
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), default=3)
    partial_credit = models.BooleanField(
        _("part marks"), default=False, help_text=_("Several right answers, some missing: half. One wrong: nothing.")
    )
    review = models.CharField(
        _("right answers are shown"), max_length=12, choices=ReviewRule, default=ReviewRule.AFTER_LAST
    )
    mastery_right = models.PositiveSmallIntegerField(_("mastered with so many right"), null=True, blank=True)
    mastery_of = models.PositiveSmallIntegerField(_("of the last"), null=True, blank=True)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            one_of("mode", PaperMode, name="paper_mode_known"),
            one_of("review", ReviewRule, name="paper_review_known"),
            models.CheckConstraint(
                condition=(
                    Q(mode="exam", minutes__isnull=False, minutes__gte=1, minutes__lte=600)
                    & Q(pass_mark__isnull=False, pass_mark__lte=100)
                    | (~Q(mode="exam") & Q(minutes=None, pass_mark=None))
                ),
                name="paper_only_exams_have_clock_and_pass_mark",
            ),
            models.CheckConstraint(
                condition=(
                    Q(mode="drill", mastery_right__isnull=False, mastery_right__gte=1)
                    & Q(mastery_of__isnull=False, mastery_of__gte=models.F("mastery_right"))
                    | (~Q(mode="drill") & Q(mastery_right=None, mastery_of=None))
                ),
                name="paper_only_drills_have_a_mastery_rule",
            ),
            models.CheckConstraint(condition=Q(attempts_allowed__gte=1), name="paper_one_attempt_at_least"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def local_title(self) -> str:
        """The title in the language of the reader."""
        return (self.title_en or self.title) if get_language() == "en" else self.title


class PaperItem(models.Model):
    """A fixed item of a paper. Fixed items come first, then what the blueprint draws."""

    paper = ParentalKey(Paper, on_delete=models.CASCADE, related_name="fixed", verbose_name=_("paper"))
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", verbose_name=_("exam item"))
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, default=1)

    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("fixed item")
        verbose_name_plural = _("fixed items")
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="fixed_points_positive"),
            models.UniqueConstraint(fields=["paper", "item"], name="fixed_item_once_in_paper"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}/{self.item_id}"


class PaperStep(models.Model):
    """Which paper a step of kind drill, exam or survey asks for."""

    step = models.OneToOneField("programmes.Step", on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="steps", verbose_name=_("paper"))

    class Meta:
        verbose_name = _("paper of a step")
        verbose_name_plural = _("papers of steps")

    def __str__(self) -> str:
        return f"{self.step_id}: {self.paper_id}"
