"""What the bank's authors see."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model, Q, QuerySet

from exams.models import (
    ExtraAttempt,
    Item,
    ItemVersion,
    KnowledgePoint,
    Paper,
    PaperStep,
    Picture,
    VersionState,
)


def items_listed() -> QuerySet[Item]:
    """Items with their row of the index and their newest wording, newest items first. One statement for a page."""
    return (
        Item.objects.filter(index__isnull=False)
        .select_related("bank", "point", "index__newest", "index__author")
        .defer("index__newest__content")
        .order_by("-pk")
    )


def below(point: KnowledgePoint) -> QuerySet[KnowledgePoint]:
    """A knowledge point and everything below it."""
    return KnowledgePoint.objects.filter(path__startswith=point.path)


def awaiting_review(items: QuerySet[Item], person: AbstractBaseUser) -> QuerySet[Item]:
    """Those of `items` that somebody else handed in for review."""
    return items.filter(index__state=VersionState.IN_REVIEW).exclude(index__author_id=person.pk)


def written_by(items: QuerySet[Item], name: str) -> QuerySet[Item]:
    """Those of `items` whose newest wording somebody of this user name or name wrote."""
    people = ItemVersion._meta.get_field("author").related_model._default_manager  # type: ignore[union-attr]
    return items.filter(index__author__in=people.filter(Q(username__iexact=name) | Q(name__icontains=name)))


def newest_version(item: Item) -> ItemVersion:
    """The newest wording with its key. For authors only."""
    return ItemVersion.objects.filter(item=item).select_related("item", "key").order_by("-number")[:1].get()


def versions_of(item: Item) -> QuerySet[ItemVersion]:
    """Every wording, newest first, with author and reviewer."""
    return ItemVersion.objects.filter(item=item).select_related("author", "reviewer").order_by("-number")


def enrolments_named(paper: Paper, person: str) -> "list[Any]":
    """Active enrolments of whoever has this username, employee number or name, where `paper` is a step."""
    programmes = PaperStep.objects.filter(paper=paper).values("step__programme_id")
    model: type[Model] = ExtraAttempt._meta.get_field("enrolment").related_model  # type: ignore[assignment]
    who = Q(user__username=person) | Q(user__employee_number=person) | Q(user__name=person)
    return list(
        model._default_manager.filter(who, programme_id__in=programmes, state="active").select_related("user")[:5]
    )


def picture_named(public_id: str) -> Picture | None:
    """The picture of this public id if its file is there. One statement."""
    found = Picture.objects.filter(public_id=public_id).first()
    return found if found and found.file.storage.exists(str(found.file.name)) else None
