"""What a corrected key would change, and how far carrying it out is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet, Value

from exams.grading import Verdict
from exams.models import Attempt, AttemptState, HandTask, Regrade, RegradeLine, Score
from exams.queries.forgetting import kept
from exams.queries.keys import corrected, inputs_of, marked_versions, verdict_of
from exams.queries.sittings import answers_of_all, asking


@dataclass(frozen=True, slots=True)
class Remark:
    """One attempt marked again: the score that stands and what would follow it."""

    attempt: Attempt
    before: Score
    after: Verdict
    passed_after: bool
    inputs: str

    @property
    def changes(self) -> bool:
        """True if points, maximum or verdict differ."""
        before = (self.before.points, self.before.max_points, self.before.passed)
        return before != (self.after.points, self.after.max_points, self.passed_after)


def asked(version_id: int) -> QuerySet[Attempt]:
    """Attempts with a result that were asked this wording, and whose answers are still kept."""
    return kept(asking(version_id)).filter(state=AttemptState.SUBMITTED, paper__mode="exam")


def remarks(regrade: Regrade, *, after: int, limit: int, lock: bool = False) -> list[Remark]:
    """The next attempts after primary key `after`, marked with the correction. A constant number of statements.

    With `lock` the rows are locked, and those that the re-marking has carried out are left out.
    """
    rows = asked(regrade.version_id).filter(pk__gt=after).select_related("paper", "enrolment")
    if lock:
        carried_out = RegradeLine.objects.filter(regrade=regrade, attempt=OuterRef("pk"), applied_at__isnull=False)
        rows = rows.exclude(Exists(carried_out)).select_for_update(of=("self",), no_key=True)
    attempts = list(rows.order_by("pk")[:limit])
    scores = {score.attempt_id: score for score in Score.objects.filter(attempt__in=attempts).order_by("run")}
    answers = answers_of_all([attempt.pk for attempt in attempts])
    hands = _by_hand(attempts)
    keys = marked_versions({row[0] for attempt in attempts for row in attempt.drawn})
    if regrade.version_id in keys:
        keys[regrade.version_id] = corrected(keys[regrade.version_id], regrade.effect, regrade.answer)
    return [
        _remark(regrade, attempt, scores[attempt.pk], keys, answers.get(attempt.pk, {}), hands.get(attempt.pk, {}))
        for attempt in attempts
    ]


def _by_hand(attempts: Sequence[Attempt]) -> Mapping[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = HandTask.objects.filter(attempt__in=attempts, result__isnull=False)
    for attempt, position, result in rows.values_list("attempt_id", "position", "result"):
        found[attempt][position] = result or Decimal(0)
    return found


def _remark(
    regrade: Regrade,
    attempt: Attempt,
    before: Score,
    keys: Any,
    values: Mapping[int, Any],
    hands: Mapping[int, Decimal],
) -> Remark:
    after = verdict_of(attempt, keys, values, hands)
    passed = after.passed or (regrade.keep_passes and before.passed)
    return Remark(attempt, before, after, passed, inputs_of(attempt, keys, values, hands))


@dataclass(frozen=True, slots=True)
class RegradeSummary:
    """A re-marking in figures. `would_fail` are those below the pass mark now who had passed, kept or not."""

    asked: int
    changed: int
    now_pass: int
    would_fail: int
    now_fail: int
    applied: int


def regrade_summary(regrade: Regrade) -> RegradeSummary:
    """How many are touched, changed, passed or failed by it, and how many are carried out. One statement."""
    hundredth = Value(0.01, output_field=FloatField())
    needed = ExpressionWrapper(F("max_after") * F("attempt__pass_mark") * hundredth, output_field=FloatField())
    below = Q(points_after__lt=needed)
    counts = RegradeLine.objects.filter(regrade=regrade).aggregate(
        asked=Count("pk"),
        changed=Count("pk", filter=Q(changes=True)),
        now_pass=Count("pk", filter=Q(passed_before=False, passed_after=True)),
        would_fail=Count("pk", filter=Q(passed_before=True) & below),
        now_fail=Count("pk", filter=Q(passed_before=True, passed_after=False)),
        applied=Count("pk", filter=Q(applied_at__isnull=False)),
    )
    return RegradeSummary(**counts)


def regrade_lines(regrade: Regrade) -> QuerySet[RegradeLine]:
    """Who changes, those whose verdict changes first."""
    turned = Q(passed_before=F("passed_after"))
    return (
        RegradeLine.objects.filter(regrade=regrade, changes=True)
        .annotate(same=turned)
        .select_related("attempt__enrolment__user", "attempt__enrolment__organisation", "attempt__paper")
        .order_by("same", "attempt__enrolment__organisation__path", "attempt_id")
    )
