"""The result of an attempt that was handed in: score, topics, and, when the rule allows, the right answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from exams.grading import part_marks, rounded
from exams.importers.marks import read_out
from exams.models import Attempt, AttemptState, DrillAnswer, ItemVersion, KnowledgePoint, Score
from exams.queries.forgetting import is_forgotten
from exams.queries.keys import corrections_of
from exams.queries.rules import rules_of
from exams.queries.showing import Shown, may_show
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
    effect: str = ""
    earned: Decimal | None = None
    parts: list["AnswerReview"] = field(default_factory=list)
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What the result page shows. `reviews` is None while neither own nor right answers are to be shown, and empty when
    the answers are no longer kept.

    `earlier` are the scores that a later marking replaced, the oldest first.
    """

    attempt: Attempt
    score: Score
    percent: Decimal
    right: int
    total: int
    topics: list[TopicResult]
    reviews: list[AnswerReview] | None
    left: int
    shown: Shown
    earlier: list[Score]

    @property
    def is_kept(self) -> bool:
        """True if the learner passed before and keeps that, with points below the pass mark now."""
        return self.score.passed and self.percent < (self.attempt.pass_mark or 0)


def result_of(attempt: Attempt, now: datetime | None = None) -> Result:
    """The newest score of a handed-in exam with its topics, as far as it may be shown `now`. Raises NotHandedIn."""
    scores = list(Score.objects.filter(attempt=attempt).order_by("run"))
    if attempt.state != AttemptState.SUBMITTED or not scores:
        raise NotHandedIn(attempt.public_id)
    score = scores[-1]
    versions = _with_keys([version_id for version_id, _points in attempt.drawn])
    rules = rules_of(step_id=attempt.step_id, enrolment_id=attempt.enrolment_id)
    left = rules.left if rules else 0
    moment: datetime = now or getattr(attempt, "now", None) or timezone.now()  # `own_attempt` brings the database's
    shown = may_show(attempt, moment, left=left)
    marks = [None if mark is None else Decimal(mark) for mark in score.marks]
    pairs = zip(attempt.drawn, marks, strict=True)
    wrong = [versions[v] for (v, _p), mark in pairs if mark is not None and mark < 1]
    percent = score.points * 100 / score.max_points if score.max_points else Decimal(0)
    return Result(
        attempt=attempt,
        score=score,
        percent=percent,
        right=sum(mark == 1 for mark in marks),
        total=sum(mark is not None for mark in marks),
        topics=_topics(attempt, score, wrong),
        reviews=_reviews(attempt, versions, marks) if shown.answers or shown.right or shown.reasons else None,
        left=left,
        shown=shown,
        earlier=scores[:-1],
    )


def _with_keys(ids: list[int]) -> dict[int, ItemVersion]:
    """Wordings with the keys that count now: a corrected key stands in the place of the frozen one. Two statements."""
    versions = ItemVersion.objects.select_related("item__point", "key").in_bulk(ids)
    for pk, (effect, answer) in corrections_of(ids).items():
        versions[pk].effect = effect  # type: ignore[attr-defined]
        if effect == "key":
            versions[pk].key.answer = answer
    return versions


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


def answer_reviews(attempt: Attempt, score: Score) -> list[AnswerReview]:
    """Every question with answer, key and what it earned, whatever the learner may see. For exam managers.

    The pictures have the addresses under /admin/: those of the attempt are the learner's.
    """
    versions = _with_keys([row[0] for row in attempt.drawn])
    return _reviews(attempt, versions, [None if mark is None else Decimal(mark) for mark in score.marks], owner="")


def _reviews(
    attempt: Attempt,
    versions: Mapping[int, ItemVersion],
    marks: Sequence[Decimal | None],
    owner: str | None = None,
) -> list[AnswerReview]:
    values = answers_of(attempt)
    if not values and is_forgotten(attempt):
        return []
    return [
        _review(attempt, versions[version_id], position, values.get(position), mark, owner)
        for position, ((version_id, _points), mark) in enumerate(zip(attempt.drawn, marks, strict=True), 1)
    ]


def _review(
    attempt: Attempt,
    version: ItemVersion,
    position: int,
    value: Any,
    mark: Decimal | None,
    owner: str | None = None,
) -> AnswerReview:
    points = attempt.drawn[position - 1][1] if position <= len(attempt.drawn) else None
    owner = attempt.public_id if owner is None else owner
    question = question_view(version, attempt.seed, position, points, value, owner)
    content, key = version.content, version.key.answer or {}
    shown = _shown(question, content, key, value, mark == 1)
    parts = _parts_shown(question, content, key, value, partial=_rule_of(attempt))
    earned = None if mark is None or points is None else rounded(Decimal(points) * mark)
    return replace(
        shown,
        explanation=version.key.explanation,
        source=version.item.source,
        parts=parts,
        effect=getattr(version, "effect", ""),
        earned=earned,
    )


def _rule_of(attempt: Attempt) -> str:
    """How part marks are given."""
    return attempt.paper.part_rule if attempt.paper.partial_credit else ""


def _shown(
    question: QuestionView, content: Mapping[str, Any], key: Mapping[str, Any], value: Any, is_right: bool
) -> AnswerReview:
    """What was answered and what is right, of a question or of a question of a case."""
    right = _key_value(key)
    ids = [str(x).lower() if isinstance(x, bool) else x for x in (right if isinstance(right, list) else [right])]
    return AnswerReview(
        question=question,
        is_right=is_right,
        given=_in_words(question.type, content, value),
        right=_in_words(question.type, content, right),
        explanation="",
        source="",
        right_ids=[x for x in ids if isinstance(x, str)],
        by_hand=bool(key.get("by_hand")),
    )


def _parts_shown(
    question: QuestionView, content: Mapping[str, Any], key: Mapping[str, Any], value: Any, *, partial: str
) -> list[AnswerReview]:
    """Each question of a case by itself; what a person marks is never called right here."""
    if not question.parts:
        return []
    marks, given = part_marks(key, value, partial=partial), value if isinstance(value, dict) else {}
    pictures = content.get("pictures", [])
    return [
        _shown(
            view,
            part["content"] | {"pictures": pictures},
            key["parts"][view.id],
            given.get(view.id),
            marks[view.id] == 1,
        )
        for view, part in zip(question.parts, content["parts"], strict=True)
    ]


def _key_value(answer: Mapping[str, Any]) -> Any:
    """The key in the form of an answer; alternatives joined by a slash. Of a case, by its questions' ids."""
    if "parts" in answer:
        return {part: _key_value(key) for part, key in answer["parts"].items()}
    if answer.get("by_hand"):
        return answer["rubric"]
    if "blanks" in answer or "keywords" in answer:
        return [" / ".join(group) for group in answer.get("blanks") or answer["keywords"]]
    for name in ("right", "order", "pairs"):
        if name in answer:
            return answer[name]
    return None


def texts_of(version: ItemVersion, value: Any) -> str:
    """An answer in words; empty if there is none. True and false stay as marks that both languages read."""
    return _in_words(version.item.type, version.content, value)


def _in_words(item_type: str, content: Mapping[str, Any], value: Any) -> str:
    pictures = content.get("pictures", [])
    texts = {
        o["id"]: read_out(o["text"], pictures) for side in ("options", "left", "right") for o in content.get(side, [])
    }
    if isinstance(value, bool):
        return "√" if value else "×"
    if item_type == "scenario":
        given = value if isinstance(value, dict) else {}
        rows = [
            _in_words(p["type"], p["content"] | {"pictures": pictures}, given.get(p["id"])) for p in content["parts"]
        ]
        return "　".join(f"({n}) {row}" for n, row in enumerate(rows, 1) if row)
    if isinstance(value, dict):
        # In the order of the question: PostgreSQL keeps the names of an object in an order of its own.
        left = [option["id"] for option in content.get("left", []) if option["id"] in value]
        return "；".join(f"{texts[a]} — {texts.get(value[a], '')}" for a in left)
    if isinstance(value, list):
        joint = " → " if item_type == "ordering" else "；"
        return joint.join(texts.get(part, part) for part in value if isinstance(part, str))
    return texts.get(value, value) if isinstance(value, str) else ""


def survey_answers(attempt: Attempt) -> list[AnswerReview]:
    """The learner's own answers to a self-assessment with what the author says to them. Raises NotHandedIn."""
    if attempt.state != AttemptState.SUBMITTED:
        raise NotHandedIn(attempt.public_id)
    versions = _with_keys([version_id for version_id, _points in attempt.drawn])
    return _reviews(attempt, versions, [Decimal(0)] * len(attempt.drawn))


def shown_answers(attempt: Attempt, number: int) -> AnswerReview | None:
    """What a drill says about answer `number`, once it was given; else None. Three statements."""
    row = DrillAnswer.objects.filter(attempt=attempt, number=number).first()
    if row is None:
        return None
    version = _with_keys([row.version_id])[row.version_id]
    return _review(attempt, version, number, row.value, Decimal(row.is_right))


def preview_with_key(version: ItemVersion, seed: str) -> AnswerReview:
    """A version (with its key) as a learner reads it after handing in, nothing answered. For authors only."""
    question = question_view(version, seed, 1, None, None)
    content, key = version.content, version.key.answer or {}
    parts = _parts_shown(question, content, key, None, partial="")
    shown = _shown(question, content, key, None, False)
    return replace(shown, explanation=version.key.explanation, source=version.item.source, parts=parts)


def previews_with_keys(ids: list[int], seed: str) -> list[AnswerReview]:
    """Several versions as `preview_with_key` shows them, with the keys that count now. Two statements."""
    versions = _with_keys(ids)
    return [preview_with_key(versions[pk], seed) for pk in ids if pk in versions]
