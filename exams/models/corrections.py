"""What happens to results afterwards: corrected keys, re-marking, appeals, and what the analysis of a paper found."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exams.models.attempts import Attempt
from exams.models.bank import ItemVersion
from exams.models.papers import Paper
from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.writeonce import ALL, protect


class Effect(models.TextChoices):
    """What a correction does to a question."""

    KEY = "key", _("another answer is right")
    FULL = "full", _("everyone gets full marks")
    DROP = "drop", _("the question does not count")


class KeyCorrection(models.Model):
    """A wrong key, corrected. The key itself stays frozen; whoever marks takes the newest correction of a version."""

    version = models.ForeignKey(
        ItemVersion, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("version")
    )
    effect = models.CharField(_("what is done"), max_length=4, choices=Effect)
    answer = models.JSONField(_("answer"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(pgettext_lazy("correction", "made"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("corrected key")
        verbose_name_plural = _("corrected keys")
        constraints = [
            one_of("effect", Effect, name="correction_effect_known"),
            together(Q(effect="key"), "answer", name="correction_of_a_key_has_an_answer"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.effect}"


class RegradeState(models.TextChoices):
    """Planned without effect first; then decided; the job may stop anywhere and goes on from there."""

    PLANNING = "planning", _("being worked out")
    PLANNED = "planned", _("worked out, not decided")
    RUNNING = "running", _("being carried out")
    DONE = "done", _("carried out")
    DROPPED = "dropped", _("dropped, nothing changed")


class Regrade(models.Model):
    """Re-marking every attempt that was asked one wording. `correction` is made when it is decided."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("version"))
    effect = models.CharField(_("what is done"), max_length=4, choices=Effect)
    answer = models.JSONField(_("answer"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    keep_passes = models.BooleanField(_("nobody who passed loses it"), default=True)
    state = models.CharField(_("state"), max_length=8, choices=RegradeState, default=RegradeState.PLANNING)
    seen_until = models.PositiveBigIntegerField(default=0, editable=False)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("decided by")
    )
    approved_at = models.DateTimeField(_("decided"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    correction = models.OneToOneField(
        KeyCorrection, on_delete=models.PROTECT, related_name="regrade", null=True, verbose_name=_("corrected key")
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("re-marking")
        verbose_name_plural = _("re-markings")
        constraints = [
            one_of("effect", Effect, name="regrade_effect_known"),
            one_of("state", RegradeState, name="regrade_state_known"),
            together(Q(effect="key"), "answer", name="regrade_of_a_key_has_an_answer"),
            together(Q(state__in=["running", "done"]), "correction", "approved_at", name="regrade_decided_once"),
            together(Q(state="done"), "finished_at", name="regrade_done_has_a_moment"),
            models.CheckConstraint(condition=~Q(reason=""), name="regrade_has_a_reason"),
            models.UniqueConstraint(fields=["version"], condition=Q(state="running"), name="regrade_one_running"),
        ]

    def __str__(self) -> str:
        return self.public_id


class RegradeLine(models.Model):
    """One attempt in a re-marking: the result before and after. Frozen once the new score stands."""

    regrade = models.ForeignKey(Regrade, on_delete=models.PROTECT, related_name="lines", verbose_name=_("re-marking"))
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+", verbose_name=_("attempt"))
    points_before = models.DecimalField(_("points before"), max_digits=7, decimal_places=2)
    max_before = models.DecimalField(_("maximum before"), max_digits=7, decimal_places=2)
    passed_before = models.BooleanField(_("passed before"))
    points_after = models.DecimalField(_("points after"), max_digits=7, decimal_places=2)
    max_after = models.DecimalField(_("maximum after"), max_digits=7, decimal_places=2)
    passed_after = models.BooleanField(_("passed after"))
    changes = models.BooleanField(_("changes"))
    applied_at = models.DateTimeField(_("carried out"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("line of a re-marking")
        verbose_name_plural = _("lines of a re-marking")
        constraints = [models.UniqueConstraint(fields=["regrade", "attempt"], name="regrade_line_once")]
        indexes = [models.Index(fields=["regrade", "applied_at"], name="regrade_line_todo")]

    def __str__(self) -> str:
        return f"{self.regrade_id}/{self.attempt_id}"


class Appeal(models.Model):
    """A learner doubts one question (`position`) or the whole result. Never changed; the decision is its own row."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("attempt"))
    position = models.PositiveSmallIntegerField(_("question number"), null=True, blank=True)
    text = models.TextField(_("what seems wrong"))
    made_at = models.DateTimeField(pgettext_lazy("appeal", "made"))
    answer_by = models.DateTimeField(_("to be answered by"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="appeal_once_per_question"),
            models.UniqueConstraint(fields=["attempt"], condition=Q(position=None), name="appeal_once_per_result"),
            models.CheckConstraint(condition=~Q(text=""), name="appeal_says_why"),
        ]

    def __str__(self) -> str:
        return self.public_id


class AppealDecision(models.Model):
    """The answer to an appeal, with its reason; an accepted one may have led to a re-marking."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.PROTECT, primary_key=True, related_name="decision", verbose_name=_("appeal")
    )
    accepted = models.BooleanField(_("appeal accepted"))
    answer = models.TextField(_("answer to the learner"))
    regrade = models.ForeignKey(
        Regrade, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("re-marking")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("decision on an appeal")
        verbose_name_plural = _("decisions on appeals")
        constraints = [models.CheckConstraint(condition=~Q(answer=""), name="appeal_decision_says_why")]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.accepted}"


class Sample(models.TextChoices):
    """Which attempts an analysis looks at. The first is the honest one: later ones know the questions."""

    FIRST = "first", _("first attempts")
    LAST = "last", _("last attempts")
    BEST = "best", _("best attempts")
    ALL = "all", _("all attempts")


class PaperAnalysis(models.Model):
    """What the item analysis of a paper found, kept until it is made again."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="+", verbose_name=_("paper"))
    sample = models.CharField(_("which attempts"), max_length=5, choices=Sample)
    found = models.JSONField(_("what was found"))
    made_at = models.DateTimeField(_("worked out"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("item analysis")
        verbose_name_plural = _("item analyses")
        constraints = [
            one_of("sample", Sample, name="analysis_sample_known"),
            models.UniqueConstraint(fields=["paper", "sample"], name="analysis_once_per_sample"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.sample}"


protect("exams.KeyCorrection", frozen=ALL)
protect("exams.RegradeLine", frozen=ALL, when="OLD.applied_at IS NOT NULL")
protect("exams.Appeal", frozen=ALL)
protect("exams.AppealDecision", frozen=ALL)
