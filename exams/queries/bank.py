"""What the bank's authors see."""

from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from exams.models import ExtraAttempt, Item, ItemVersion, Paper, PaperStep


def items_with_newest() -> QuerySet[Item]:
    """Items with the stem and the state of their newest version, newest items first."""
    newest = ItemVersion.objects.filter(item=OuterRef("pk")).order_by("-number")
    return (
        Item.objects.select_related("bank", "point")
        .annotate(stem=Subquery(newest.values("stem")[:1]), state=Subquery(newest.values("state")[:1]))
        .order_by("-pk")
    )


def containing(items: QuerySet[Item], text: str) -> QuerySet[Item]:
    """Items whose number, source or any wording contains `text`."""
    wording = ItemVersion.objects.filter(item=OuterRef("pk"), stem__icontains=text)
    return items.filter(Q(number__iexact=text) | Q(source__icontains=text) | Exists(wording))


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
