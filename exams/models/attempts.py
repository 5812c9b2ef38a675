"""Sittings: an attempt, its answers as they arrived, and the verdicts."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exams.models.bank import ItemVersion
from exams.models.packed import DrawnField, PackedField
from exams.models.papers import Paper
from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.writeonce import ALL, protect


class AttemptState(models.TextChoices):
    """Open until handed in (by the learner or, at the deadline, by the sweeper). Void: does not count.

    Marking: handed in, and people have answers of it to mark before there is a score.
    """

    OPEN = "open", pgettext_lazy("attempt", "open")
    MARKING = "marking", _("being marked")
    SUBMITTED = "submitted", _("handed in")
    VOID = "void", _("void")


class AttemptKind(models.TextChoices):
    """In its turn, or granted: make-ups (补考) stay out of the first-time pass rate, deferrals (缓考) too."""

    REGULAR = "regular", pgettext_lazy("attempt", "regular")
    MAKEUP = "makeup", _("make-up")
    DEFERRED = "deferred", _("deferred")


class LockCause(models.TextChoices):
    """Why an attempt is locked."""

    LEAVING = "leaving", _("left the page too often or too long")
    DEVICE = "device", _("went on with another device")
    PERSON = "person", _("locked by the invigilator")


class Attempt(models.Model):
    """One sitting of one paper by one enrolment.

    A row appears when the learner starts. `drawn` lists what was asked (`[[version id, "points"], …]`) and never
    changes; together with `seed` it remakes the paper exactly, the order of the options included. `epoch` grows
    each time a page or a device takes the pen; answers of an older epoch no longer count. `passed` is folded from
    the newest Score (drills and self-assessments: true once handed in). `kind` and `grant` say whether it was
    granted beyond or instead of the regular ones, `session` where it was sat. `device` is the random mark of the
    browser that has the pen; while `locked_at` is set no questions are shown, and what was typed before still counts.
    """

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    enrolment = models.ForeignKey(
        "programmes.Enrolment",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # attempt_numbered_once begins with it
        verbose_name=_("enrolment"),
    )
    step = models.ForeignKey("programmes.Step", on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="attempts", verbose_name=_("paper"))
    number = models.PositiveSmallIntegerField(_("attempt"))
    seed = models.CharField(_("seed"), max_length=32)
    drawn = DrawnField(_("drawn items"))
    pass_mark = models.PositiveSmallIntegerField(_("pass mark (per cent)"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    epoch = models.PositiveIntegerField(_("epoch"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    passed = models.BooleanField(_("passed"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=AttemptKind, default=AttemptKind.REGULAR)
    grant = models.ForeignKey(
        "exams.ExtraAttempt",
        on_delete=models.PROTECT,
        related_name="attempts",
        null=True,
        blank=True,
        db_index=False,  # attempt_uses_a_grant_once is asked with the enrolment
        verbose_name=_("granted by"),
    )
    session = models.ForeignKey(
        "exams.Session",
        on_delete=models.PROTECT,
        related_name="attempts",
        null=True,
        blank=True,
        db_index=False,  # attempt_by_session: of two indexes PostgreSQL would take the one that knows less
        verbose_name=pgettext_lazy("exam", "session"),
    )
    device = models.CharField(_("device"), max_length=16, blank=True, default="")
    locked_at = models.DateTimeField(pgettext_lazy("attempt", "locked"), null=True, blank=True)
    locked_for = models.CharField(_("locked because"), max_length=8, choices=LockCause, blank=True, default="")

    wagtail_reference_index_ignore = True  # each save would otherwise cost the index's statements

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            one_of("state", AttemptState, name="attempt_state_known"),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False, passed__isnull=False)
                | Q(state="open", submitted_at=None, passed=None)
                | Q(state="marking", submitted_at__isnull=False, passed=None)
                | Q(state="void"),
                name="attempt_state_tells_the_truth",
            ),
            models.UniqueConstraint(fields=["enrolment", "paper"], condition=Q(state="open"), name="attempt_one_open"),
            models.UniqueConstraint(fields=["enrolment", "paper", "number"], name="attempt_numbered_once"),
            one_of("kind", AttemptKind, name="attempt_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="regular", grant=None) | (~Q(kind="regular") & Q(grant__isnull=False)),
                name="attempt_granted_unless_regular",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "grant"],
                condition=~Q(state="void") & Q(grant__isnull=False),
                name="attempt_uses_a_grant_once",
            ),
            together(Q(locked_for__in=LockCause.values), "locked_at", name="attempt_locked_for_a_cause"),
        ]
        indexes = [
            models.Index(fields=["deadline"], condition=Q(state="open"), name="attempt_due"),
            models.Index(fields=["step", "enrolment"], condition=Q(passed=True), name="attempt_passed"),
            models.Index(
                fields=["session", "enrolment", "number"], condition=Q(session__isnull=False), name="attempt_by_session"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Response(models.Model):
    """One answer as it arrived. Append-only; per position the newest (epoch, seq) that was not late counts.

    `value` is canonical JSON text, so that a repeat can be compared byte for byte in the database.
    Late ones (after the deadline, after handing in, or from a page that lost the pen) are kept as evidence.
    The columns stand in the order that leaves no gaps between them on PostgreSQL: this is the largest table.
    """

    pk = models.CompositePrimaryKey("attempt", "epoch", "seq")
    attempt = models.ForeignKey(
        Attempt,
        on_delete=models.PROTECT,
        related_name="responses",
        db_index=False,  # the primary key begins with it
        verbose_name=_("attempt"),
    )
    received_at = models.DateTimeField(_("received"))
    epoch = models.PositiveIntegerField(_("epoch"))
    seq = models.PositiveIntegerField(_("sequence number"))
    position = models.PositiveSmallIntegerField(_("question number"))
    late = models.BooleanField(_("late"), default=False)
    value = models.TextField(_("answer"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.epoch}/{self.seq}"


class DrillAnswer(models.Model):
    """One answer in a drill, marked at once. `number` counts the questions of the attempt from 1."""

    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="drill_answers", verbose_name=_("attempt")
    )
    number = models.PositiveIntegerField(_("question number"))
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("version"))
    value = models.JSONField(_("answer"), null=True)
    is_right = models.BooleanField(_("right"))
    answered_at = models.DateTimeField(pgettext_lazy("moment", "answered"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("drill answer")
        verbose_name_plural = _("drill answers")
        constraints = [models.UniqueConstraint(fields=["attempt", "number"], name="drill_answered_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.number}"


class Score(models.Model):
    """The verdict on an attempt. A re-mark is a new row with the next `run`; the first result is never lost.

    `marks` lists per position the part earned (0 to 1); `by_topic` the sums per knowledge point; `inputs` is the
    SHA-256 of answers, item versions and keys that were marked. A re-mark says why and who decided it. A mark of
    null is a question that no longer counts.
    """

    attempt = models.ForeignKey(
        Attempt,
        on_delete=models.PROTECT,
        related_name="scores",
        db_index=False,  # score_once_per_run begins with it
        verbose_name=_("attempt"),
    )
    run = models.PositiveSmallIntegerField(_("marking run"), default=1)
    points = models.DecimalField(_("points"), max_digits=7, decimal_places=2)
    max_points = models.DecimalField(_("maximum points"), max_digits=7, decimal_places=2)
    passed = models.BooleanField(_("passed"))
    marks = PackedField(_("marks"))
    by_topic = PackedField(_("by topic"))
    inputs = models.CharField(_("hash of what was marked"), max_length=64)
    marked_at = models.DateTimeField(_("marked"))
    reason = models.TextField(_("reason for marking again"), blank=True, default="")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("decided by"),
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        permissions = [("view_scores", _("Can see the scores of others; each look is recorded"))]
        constraints = [
            models.CheckConstraint(condition=Q(run=1) | ~Q(reason=""), name="score_again_has_a_reason"),
            models.UniqueConstraint(fields=["attempt", "run"], name="score_once_per_run"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=models.F("max_points"), run__gte=1), name="score_within_paper"
            ),
        ]
        indexes = [
            models.Index(fields=["approved_by"], condition=Q(approved_by__isnull=False), name="score_again_by_decider")
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.points}/{self.max_points}"


class ExtraAttempt(models.Model):
    """One attempt granted to one person or to a unit and what is below it, with the reason and by whom.

    A make-up (补考) is one more; to a unit it is given for those who have not passed. A deferral (缓考) takes the
    place of the regular sitting: until it is used or over, nothing else can be begun. Either may have a window of
    its own. Never changed and never taken back.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=AttemptKind.choices[1:], default=AttemptKind.MAKEUP)
    enrolment = models.ForeignKey(
        "programmes.Enrolment",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("enrolment"),
    )
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("unit"),
    )
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+", verbose_name=_("paper"))
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("granted by"),
    )
    granted_at = models.DateTimeField(_("granted"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("make-up or deferral")
        verbose_name_plural = _("make-ups and deferrals")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="makeup_has_a_reason"),
            models.CheckConstraint(condition=Q(kind__in=["makeup", "deferred"]), name="makeup_kind_known"),
            models.CheckConstraint(
                condition=Q(enrolment=None, organisation__isnull=False) | Q(enrolment__isnull=False, organisation=None),
                name="makeup_for_a_person_or_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None)
                | Q(opens_at__isnull=False, closes_at__isnull=False, closes_at__gt=models.F("opens_at")),
                name="makeup_window_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind="makeup") | Q(opens_at__isnull=False), name="makeup_deferral_says_until_when"
            ),
        ]
        indexes = [
            models.Index(fields=["enrolment", "paper"], name="makeup_by_enrolment"),
            models.Index(
                fields=["paper", "organisation"], condition=Q(organisation__isnull=False), name="makeup_by_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id or self.organisation_id}/{self.paper_id}"


protect(
    "exams.Attempt",
    frozen=[
        *("public_id", "enrolment", "step", "paper", "number", "seed", "drawn", "pass_mark", "started_at"),
        *("kind", "grant", "session"),
    ],
)
protect("exams.Response", frozen=ALL)
protect("exams.DrillAnswer", frozen=ALL)
protect("exams.Score", frozen=ALL)
protect("exams.ExtraAttempt", frozen=ALL)
