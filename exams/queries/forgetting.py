"""Which answers have been kept as long as they must, and which are gone."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from exams.models import (
    Appeal,
    Attempt,
    AttemptState,
    DrillAnswer,
    ForgottenAnswers,
    Regrade,
    RegradeLine,
    RegradeState,
    Response,
    Score,
)

CHUNK = 2_000

AT_WORK = (RegradeState.PLANNING, RegradeState.RUNNING)
GOING_ON = (*AT_WORK, RegradeState.PLANNED)


def kept(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Those whose answers can still be read."""
    gone = ForgottenAnswers.objects.filter(programme=OuterRef("step__programme"))
    return attempts.exclude(Exists(gone))


def is_forgotten(attempt: Attempt) -> bool:
    """Whether the answers of this attempt are gone. One statement."""
    return ForgottenAnswers.objects.filter(programme=attempt.step.programme_id).exists()


def forgotten_scores(scores: Sequence[int]) -> Iterator[int]:
    """Of these scores, those whose answers are gone."""
    for start in range(0, len(scores), CHUNK):
        rows = Score.objects.filter(pk__in=scores[start : start + CHUNK])
        gone = rows.filter(attempt__step__programme__in=ForgottenAnswers.objects.values("programme"))
        answered = Response.objects.filter(attempt=OuterRef("attempt"))
        yield from gone.exclude(Exists(answered)).values_list("pk", flat=True)


def forgettable(before: datetime) -> QuerySet[Attempt]:
    """Attempts with answers whose programme ended before that day, unless somebody still needs them: an appeal that
    waits, a re-marking that goes on, an answer that is not marked yet."""
    mine = {"attempt": OuterRef("pk")}
    appealed = Appeal.objects.filter(decision=None, **mine)
    remarked = RegradeLine.objects.filter(regrade__state__in=GOING_ON, **mine)
    over = Q(state__in=(AttemptState.SUBMITTED, AttemptState.VOID)) | Q(state=AttemptState.OPEN, deadline=None)
    ended = Attempt.objects.filter(over, step__programme__closes_on__lt=timezone.localdate(before))
    answered = Q(Exists(Response.objects.filter(**mine))) | Q(Exists(DrillAnswer.objects.filter(**mine)))
    return ended.filter(answered, ~Exists(appealed), ~Exists(remarked)).order_by("pk")


def regrades_going_on() -> bool:
    """Whether any re-marking is being worked out or carried out: which attempts it needs is known when it has ended."""
    return Regrade.objects.filter(state__in=AT_WORK).exists()
