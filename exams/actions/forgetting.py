"""Let answers go that have been kept as long as they must. Scores, topics and their hashes stay."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from exams.models import DrillAnswer, ForgottenAnswers, Response, SittingEvent
from exams.queries.forgetting import forgettable, regrades_going_on
from foundation.audit.actions import record
from foundation.writeonce import opened


@transaction.atomic
def forget_answers(*, before: datetime, limit: int, at: datetime | None = None) -> int:
    """Delete the answers of at most `limit` attempts of programmes that ended before that day, and the words noted
    while they were sat; returns of how many. Nothing goes while a re-marking is under way."""
    if regrades_going_on():
        return 0
    attempts = list(forgettable(before).values_list("pk", "step__programme_id")[:limit])
    if not attempts:
        return 0
    now, ids = at or timezone.now(), [pk for pk, _programme in attempts]
    ForgottenAnswers.objects.bulk_create(
        [ForgottenAnswers(programme_id=pk, since=now) for pk in sorted({programme for _pk, programme in attempts})],
        ignore_conflicts=True,
    )
    with opened("exams.Response"):
        responses = Response.objects.filter(attempt__in=ids).delete()[0]
    with opened("exams.DrillAnswer"):
        drills = DrillAnswer.objects.filter(attempt__in=ids).delete()[0]
    with opened("exams.SittingEvent"):
        SittingEvent.objects.filter(attempt__in=ids).exclude(note="").update(note="")
    record(
        action="exams.forget_answers",
        actor=None,
        target="exams.Attempt:some",
        details={"attempts": len(ids), "answers": responses, "drill_answers": drills},
    )
    return len(ids)
