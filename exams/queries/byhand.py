"""What a marker sees: the answer without the name, never another marker's mark."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare

from exams.models import Attempt, AttemptState, HandTask, ItemVersion, MarkDraft, MarkerMark, Picture, Response
from exams.queries.bank import picture_named
from exams.queries.keys import marked_versions
from exams.queries.review import texts_of
from exams.queries.sittings import PictureView, picture_token, pictures_of

CLAIM = timedelta(minutes=30)


class TaskUnknown(LookupError):
    """No such answer, or it does not wait for this marker: told alike."""


def waiting_for(marker: AbstractBaseUser, now: datetime | None) -> QuerySet[HandTask]:
    """Answers that `marker` may mark: waiting, not their own, not marked by them. What they began comes first.

    With `now`, answers that enough others are at work on are left out.
    """
    marks = MarkerMark.objects.filter(task=OuterRef("pk"))
    drafts = MarkDraft.objects.filter(task=OuterRef("pk"))
    found = (
        HandTask.objects.filter(settled_at=None, attempt__state=AttemptState.MARKING)
        .exclude(attempt__enrolment__user_id=marker.pk)
        .exclude(Exists(marks.filter(marker_id=marker.pk)))
        .annotate(begun=Exists(drafts.filter(marker_id=marker.pk)))
    )
    if now is not None:
        others = drafts.exclude(marker_id=marker.pk).filter(touched_at__gt=now - CLAIM)
        found = found.annotate(given=_count(marks), claimed=_count(others))
        found = found.filter(Q(begun=True) | Q(wanted__gt=F("given") + F("claimed")))
    first = Case(When(begun=True, then=0), default=1)
    return found.select_related("attempt__paper").order_by(first, "attempt__submitted_at", "pk")


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("task").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


@dataclass(frozen=True, slots=True)
class PartView:
    """What people read of one question: the whole answer, or one part of a case (then with its own stem)."""

    stem: str
    answer: str
    rubric: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """One answer to mark. There is no field for who wrote it or what others gave."""

    public_id: str
    paper: str
    stem: str
    parts: list[PartView]
    top: Decimal
    is_third: bool
    draft_points: str
    draft_comment: str
    pictures: list[PictureView]

    @property
    def after(self) -> list[PictureView]:
        """The pictures that no text places."""
        return [picture for picture in self.pictures if not picture.is_placed]


def task_view(marker: AbstractBaseUser, public_id: str) -> TaskView:
    """One answer with the rubric and what this marker has typed so far. Raises TaskUnknown."""
    task = (
        waiting_for(marker, None).filter(public_id=public_id).select_related("version__item", "attempt__paper").first()
    )
    if task is None:
        raise TaskUnknown(public_id)
    draft = MarkDraft.objects.filter(task=task, marker_id=marker.pk).first()
    answers = Response.objects.filter(attempt_id=task.attempt_id, position=task.position, late=False)
    text = answers.order_by("-epoch", "-seq").values_list("value", flat=True).first()
    key = marked_versions([task.version_id])[task.version_id].answer
    value = json.loads(text) if text else ""
    parts = _parts(task.version, key, value)
    return TaskView(
        public_id=task.public_id,
        paper=task.attempt.paper.title,
        stem=task.version.stem,
        parts=parts or [PartView("", texts_of(task.version, value), str(key.get("rubric", "")))],
        top=task.points,
        is_third=task.wanted == 3,
        draft_points=draft.points if draft else "",
        draft_comment=draft.comment if draft else "",
        pictures=_pictures(task, marker),
    )


def _pictures(task: HandTask, marker: AbstractBaseUser) -> list[PictureView]:
    """With addresses that only this marker can use, while the answer waits for them."""
    owner = _owner(task.public_id, marker)
    return [
        replace(each, owner=task.public_id, token=picture_token(owner, each.public_id), door="exams:mark-picture")
        for each in pictures_of(task.version)
    ]


def _owner(task_id: str, marker: AbstractBaseUser) -> str:
    return f"{task_id}:{marker.pk}"


def task_picture(marker: AbstractBaseUser, public_id: str, picture_id: str, token: str) -> Picture:
    """A picture that the server showed `marker` with this answer, which still waits for them. Raises TaskUnknown."""
    shown = constant_time_compare(token, picture_token(_owner(public_id, marker), picture_id))
    waits = shown and waiting_for(marker, None).filter(public_id=public_id).exists()
    found = picture_named(picture_id) if waits else None
    if found is None:
        raise TaskUnknown(public_id)
    return found


@dataclass(frozen=True, slots=True)
class MarkingProgress:
    """How far the marking of one paper is: answers that wait for this marker, given by them, settled, all."""

    title: str
    waiting: int
    given: int
    settled: int
    total: int


def _parts(version: ItemVersion, key: Mapping[str, Any], value: Any) -> list[PartView]:
    """The parts of a case that people mark; none for any other question."""
    given = value if isinstance(value, dict) else {}
    return [
        PartView(part["stem"], str(given.get(part["id"], "")), str(key["parts"][part["id"]].get("rubric", "")))
        for part in version.content.get("parts", [])
        if key.get("parts", {}).get(part["id"], {}).get("by_hand")
    ]


def marking_progress(marker: AbstractBaseUser) -> list[MarkingProgress]:
    """Per paper with answers to mark, in the order of their titles. Two statements."""
    mine = Exists(MarkerMark.objects.filter(task=OuterRef("pk"), marker_id=marker.pk))
    rows = (
        HandTask.objects.exclude(attempt__state=AttemptState.VOID)
        .annotate(mine=mine)
        .values_list("attempt__paper_id", "attempt__paper__title")
        .annotate(
            given=Count("pk", filter=Q(mine=True)),
            settled=Count("pk", filter=Q(settled_at__isnull=False)),
            total=Count("pk"),
        )
        .order_by("attempt__paper__title", "attempt__paper_id")
    )
    counted = waiting_for(marker, None).order_by().values_list("attempt__paper_id").annotate(n=Count("pk"))
    waiting = {paper: n for paper, n in counted}  # noqa: C416  # dict() would not type-check
    return [
        MarkingProgress(title, waiting.get(paper, 0), given, settled, total)
        for paper, title, given, settled, total in rows
    ]


def waiting_count(marker: AbstractBaseUser) -> int:
    """How many answers wait for `marker`. One statement."""
    return waiting_for(marker, None).count()


def tasks_open(attempt: Attempt) -> int:
    """How many answers of an attempt are not settled. One statement."""
    return HandTask.objects.filter(attempt=attempt, settled_at=None).count()
