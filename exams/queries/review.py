"""The result of an attempt that was handed in: score, topics, and, when the rule allows, the right answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exams.models import Attempt, AttemptState, DrillAnswer, ItemVersion, KnowledgePoint, ReviewRule, Score
from exams.queries.papers import rules_of
from exams.queries.sittings import QuestionView, answers_of, question_view


class NotHandedIn(LookupError):
    """There is no result before the attempt is handed in."""


@dataclass(frozen=True, slots=True)
class TopicResult:
    """How one knowledge point went, and where to read it up again."""

    name: str
    right: int
    total: int
    percent: int
    is_low: bool
    reread_title: str
    reread_url: str
    sources: list[str]


@dataclass(frozen=True, slots=True)
class AnswerReview:
    """One question after handing in, with the right answer and the reason."""

    question: QuestionView
    is_right: bool
    given: str
    right: str
    explanation: str
    source: str
    right_ids: list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """What the result page shows. `reviews` is None while the right answers are not to be shown."""

    attempt: Attempt
    score: Score
    percent: Decimal
    right: int
    total: int
    topics: list[TopicResult]
    reviews: list[AnswerReview] | None
    left: int


def result_of(attempt: Attempt) -> Result:
    """The newest score of a handed-in exam with its topics. Raises NotHandedIn."""
    score = Score.objects.filter(attempt=attempt).order_by("-run").first()
    if attempt.state != AttemptState.SUBMITTED or score is None:
        raise NotHandedIn(attempt.public_id)
    versions = _with_keys([version_id for version_id, _points in attempt.drawn])
    rules = rules_of(step_id=attempt.step_id, enrolment_id=attempt.enrolment_id)
    left = rules.left if rules else 0
    marks = [Decimal(mark) for mark in score.marks]
    wrong = [versions[v] for (v, _p), mark in zip(attempt.drawn, marks, strict=True) if mark < 1]
    percent = score.points * 100 / score.max_points if score.max_points else Decimal(0)
    return Result(
        attempt=attempt,
        score=score,
        percent=percent,
        right=sum(mark == 1 for mark in marks),
        total=len(marks),
        topics=_topics(attempt, score, wrong),
        reviews=_reviews(attempt, versions, marks) if _may_review(attempt, left) else None,
        left=left,
    )


def _may_review(attempt: Attempt, left: int) -> bool:
    """Whether the paper's rule lets the learner see the right answers now."""
    rule = attempt.paper.review
    return rule == ReviewRule.AFTER_SUBMIT or (rule == ReviewRule.AFTER_LAST and (bool(attempt.passed) or left == 0))


def _with_keys(ids: list[int]) -> dict[int, ItemVersion]:
    return ItemVersion.objects.select_related("item__point", "key").in_bulk(ids)


def _topics(attempt: Attempt, score: Score, wrong: list[ItemVersion]) -> list[TopicResult]:
    points = {p.name: p for p in KnowledgePoint.objects.filter(name__in=[t["name"] for t in score.by_topic])}
    results = []
    for topic in score.by_topic:
        percent = int(Decimal(topic["points"]) * 100 / Decimal(topic["max"]))
        point = points.get(topic["name"])
        missed = [v.item.source for v in wrong if v.item.source and _topic_name(v) == topic["name"]]
        results.append(
            TopicResult(
                name=topic["name"],
                right=topic["right"],
                total=topic["total"],
                percent=percent,
                is_low=percent < (attempt.pass_mark or 0),
                reread_title=point.reread_title if point else "",
                reread_url=point.reread_url if point else "",
                sources=list(dict.fromkeys(missed)),
            )
        )
    return results


def _topic_name(version: ItemVersion) -> str:
    return version.item.point.name if version.item.point else ""


def _reviews(attempt: Attempt, versions: Mapping[int, ItemVersion], marks: list[Decimal]) -> list[AnswerReview]:
    values = answers_of(attempt)
    return [
        _review(attempt, versions[version_id], position, values.get(position), mark == 1)
        for position, ((version_id, _points), mark) in enumerate(zip(attempt.drawn, marks, strict=True), 1)
    ]


def _review(attempt: Attempt, version: ItemVersion, position: int, value: Any, is_right: bool) -> AnswerReview:
    question = question_view(version, attempt.seed, position, None, value)
    key = _key_value(version)
    ids = [str(part).lower() if isinstance(part, bool) else part for part in (key if isinstance(key, list) else [key])]
    return AnswerReview(
        question=question,
        is_right=is_right,
        given=texts_of(version, value),
        right=texts_of(version, key),
        explanation=version.key.explanation,
        source=version.item.source,
        right_ids=[part for part in ids if isinstance(part, str)],
    )


def _key_value(version: ItemVersion) -> Any:
    """The key in the form of an answer; alternatives joined by a slash."""
    answer: Mapping[str, Any] = version.key.answer or {}
    if "blanks" in answer or "keywords" in answer:
        return [" / ".join(group) for group in answer.get("blanks") or answer["keywords"]]
    for name in ("right", "order", "pairs"):
        if name in answer:
            return answer[name]
    return None


def texts_of(version: ItemVersion, value: Any) -> str:
    """An answer in words; empty if there is none. True and false stay as marks that both languages read."""
    content = version.content
    texts = {o["id"]: o["text"] for side in ("options", "left", "right") for o in content.get(side, [])}
    if isinstance(value, bool):
        return "√" if value else "×"
    if isinstance(value, dict):
        return "；".join(f"{texts.get(a, '')} — {texts.get(b, '')}" for a, b in value.items())
    if isinstance(value, list):
        joint = " → " if version.item.type == "ordering" else "；"
        return joint.join(texts.get(part, part) for part in value if isinstance(part, str))
    return texts.get(value, value) if isinstance(value, str) else ""


def survey_answers(attempt: Attempt) -> list[AnswerReview]:
    """The learner's own answers to a self-assessment with what the author says to them. Raises NotHandedIn."""
    if attempt.state != AttemptState.SUBMITTED:
        raise NotHandedIn(attempt.public_id)
    versions = _with_keys([version_id for version_id, _points in attempt.drawn])
    return _reviews(attempt, versions, [Decimal(0)] * len(attempt.drawn))


def shown_answers(attempt: Attempt, number: int) -> AnswerReview | None:
    """What a drill says about answer `number`, once it was given; else None. One statement."""
    row = (
        DrillAnswer.objects.filter(attempt=attempt, number=number)
        .select_related("version__item__point", "version__key")
        .first()
    )
    return None if row is None else _review(attempt, row.version, number, row.value, row.is_right)
