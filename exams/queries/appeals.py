"""What a learner may still doubt, and what an exam manager needs to answer."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Max, QuerySet, When

from exams.models import Appeal, Attempt, AttemptState, ItemVersion, PaperMode, Regrade, Response, Score
from exams.queries.review import AnswerReview, answer_reviews, texts_of


def appeal_door(attempt: Attempt) -> datetime | None:
    """Until when the result may be doubted: the paper's days after the newest marking. None: not at all."""
    if attempt.state != AttemptState.SUBMITTED or attempt.paper.mode != PaperMode.EXAM or not attempt.paper.appeal_days:
        return None
    marked: datetime | None = Score.objects.filter(attempt=attempt).aggregate(at=Max("marked_at"))["at"]
    return marked + timedelta(days=attempt.paper.appeal_days) if marked else None


def appeals_at(attempt: Attempt) -> QuerySet[Appeal]:
    """The learner's own appeals with their answers, oldest first."""
    return Appeal.objects.filter(attempt=attempt).select_related("decision").order_by("pk")


def appeals() -> QuerySet[Appeal]:
    """All appeals for exam managers: unanswered first, by the day they must be answered."""
    answered = Case(When(decision=None, then=0), default=1)
    found = Appeal.objects.select_related("decision", "attempt__paper", "attempt__enrolment__user")
    return found.order_by(answered, "answer_by", "pk")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One answer as it reached the server."""

    position: int
    at: datetime
    epoch: int
    seq: int
    late: bool
    text: str


@dataclass(frozen=True, slots=True)
class AppealFile:
    """Everything about an appeal: the paper as it was, the answers, the keys, what arrived when, all scores."""

    appeal: Appeal
    reviews: list[AnswerReview]
    versions: list[int]
    arrivals: list[Arrival]
    scores: list[Score]
    regrades: list[Regrade]


def appeal_file(appeal: Appeal) -> AppealFile:
    """The paper remade with the same options in the same order, from the stored wordings and the seed."""
    attempt = appeal.attempt
    ids = [row[0] for row in attempt.drawn]
    wanted = range(1, len(ids) + 1) if appeal.position is None else [appeal.position]
    scores = list(Score.objects.filter(attempt=attempt).order_by("run"))
    reviews = answer_reviews(attempt, scores[-1]) if scores else []
    versions = ItemVersion.objects.select_related("item").in_bulk(ids)
    rows = Response.objects.filter(attempt=attempt, position__in=wanted).order_by("received_at", "epoch", "seq")
    asked = [ids[n - 1] for n in wanted]
    return AppealFile(
        appeal=appeal,
        reviews=[review for review in reviews if review.question.position in wanted],
        versions=asked,
        arrivals=[
            Arrival(r.position, r.received_at, r.epoch, r.seq, r.late, _words(versions[ids[r.position - 1]], r.value))
            for r in rows
        ],
        scores=scores,
        regrades=list(Regrade.objects.filter(version_id__in=asked).exclude(state="dropped").order_by("-pk")),
    )


def _words(version: ItemVersion, value: str) -> str:
    return texts_of(version, json.loads(value))
