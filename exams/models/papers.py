"""Papers: what is drawn, by which rules it is sat, and which step of a programme it serves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from exams.models.bank import Audience, Bank, Item, ItemType, KnowledgePoint, Language
from foundation.constraints import one_of
from foundation.writeonce import protect


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


class Counting(models.TextChoices):
    """Which of several attempts decides whether the step is complete."""

    BEST = "best", _("the best attempt")
    LAST = "last", _("the last attempt")
    AVERAGE = "average", _("the average of all attempts")


class PartRule(models.TextChoices):
    """What part marks are, where a paper gives them. The values are those that `exams.grading` knows."""

    HALF = "half", _("half, if some are missing and none is wrong")
    SHARE = "share", _("a share for each right one, if none is wrong")


class PaperState(models.TextChoices):
    """A draft is worked on; a published paper can be sat, and what it draws and its rules stay as they are."""

    DRAFT = "draft", pgettext_lazy("paper", "draft")
    PUBLISHED = "published", pgettext_lazy("paper", "published")


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
    audience = models.CharField(_("audience"), max_length=16, choices=Audience, blank=True)
    language = models.CharField(pgettext_lazy("exam", "language"), max_length=8, choices=Language, blank=True)
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
            models.CheckConstraint(
                condition=Q(audience="") | Q(audience__in=Audience.values), name="section_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(language="") | Q(language__in=Language.values), name="section_language_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.blueprint_id}/{self.sort_order}"


class Paper(ClusterableModel):
    """A blueprint or fixed items, plus the rules of sitting. What an attempt was given is copied into the attempt.

    Publishing copies blueprint, fixed items and exclusions into `plan`, which is what is drawn from then on: changing
    a blueprint changes no published paper. `prepare` is how many papers to draw beforehand, None for as many as are
    enrolled and a reserve.
    """

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
    counting = models.CharField(_("what counts"), max_length=7, choices=Counting, default=Counting.BEST)
    partial_credit = models.BooleanField(
        _("part marks"), default=False, help_text=_("Several right answers, some missing: a part. One wrong: nothing.")
    )
    part_rule = models.CharField(_("part of several choices"), max_length=5, choices=PartRule, default=PartRule.HALF)
    excellence_mark = models.PositiveSmallIntegerField(_("excellent from (per cent)"), default=90)
    marking_tolerance = models.PositiveSmallIntegerField(
        _("two markers may differ by (per cent)"),
        default=10,
        help_text=_("Of the question's points. When they differ by more, a third marker decides."),
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal"), default=7, help_text=_("From the result on. 0: no appeals.")
    )
    review = models.CharField(
        _("right answers are shown"), max_length=12, choices=ReviewRule, default=ReviewRule.AFTER_LAST
    )
    mastery_right = models.PositiveSmallIntegerField(_("mastered with so many right"), null=True, blank=True)
    mastery_of = models.PositiveSmallIntegerField(_("of the last"), null=True, blank=True)
    shuffle = models.BooleanField(
        _("questions are shuffled within their section"), default=True, help_text=_("Otherwise as in the bank.")
    )
    prepare = models.PositiveIntegerField(
        _("papers drawn beforehand"),
        null=True,
        blank=True,
        help_text=_("Empty: for everybody enrolled, and a reserve."),
    )
    state = models.CharField(_("state"), max_length=9, choices=PaperState, default=PaperState.DRAFT, editable=False)
    plan = models.JSONField(_("plan"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(pgettext_lazy("paper", "published"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            one_of("mode", PaperMode, name="paper_mode_known"),
            one_of("review", ReviewRule, name="paper_review_known"),
            one_of("counting", Counting, name="paper_counting_known"),
            one_of("part_rule", PartRule, name="paper_part_rule_known"),
            models.CheckConstraint(
                condition=Q(excellence_mark__lte=100, marking_tolerance__lte=100, appeal_days__lte=365),
                name="paper_afterwards_within_bounds",
            ),
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
            one_of("state", PaperState, name="paper_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(plan__isnull=False, published_at__isnull=False),
                name="paper_published_with_a_plan",
            ),
            models.CheckConstraint(condition=Q(prepare=None) | Q(prepare__lte=100_000), name="paper_prepare_sane"),
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


class PaperExclusion(models.Model):
    """What a paper never draws: one item, or a knowledge point with everything below it."""

    paper = ParentalKey(Paper, on_delete=models.CASCADE, related_name="exclusions", verbose_name=_("paper"))
    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("exam item")
    )
    point = models.ForeignKey(
        KnowledgePoint,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("knowledge point"),
        help_text=_("Points below it count as well."),
    )

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        constraints = [
            models.CheckConstraint(
                condition=Q(item=None, point__isnull=False) | Q(item__isnull=False, point=None),
                name="exclusion_is_an_item_or_a_point",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.item_id or self.point_id}"


class PaperStep(models.Model):
    """Which paper a step of kind drill, exam or survey asks for."""

    step = models.OneToOneField("programmes.Step", on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="steps", verbose_name=_("paper"))

    class Meta:
        verbose_name = _("paper of a step")
        verbose_name_plural = _("papers of steps")

    def __str__(self) -> str:
        return f"{self.step_id}: {self.paper_id}"


protect(
    "exams.Paper",
    frozen=[
        "mode",
        "blueprint",
        "minutes",
        "pass_mark",
        "attempts_allowed",
        "counting",
        "part_rule",
        "partial_credit",
        "mastery_right",
        "mastery_of",
        "shuffle",
        "plan",
        "published_at",
    ],
    when="OLD.state = 'published'",
)
