"""Items of the bank as blocks, for the writers of `exams.exports`. Holds keys: for those who may edit items only."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import F, OuterRef, QuerySet, Subquery

from exams.importers.blocks import Block
from exams.importers.decomposing import decompose
from exams.importers.marks import unplaced as unplaced_pictures
from exams.importers.pictured import described as with_descriptions
from exams.models import Item, ItemVersion

CHUNK = 500


def export_blocks(items: QuerySet[Item]) -> Iterator[Block]:
    """The newest wording of each item, in the order of number and age, read in portions.

    Pictures are not brought along: what each shows stands in its place.
    """
    keys = list(items.order_by("bank_id", "pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        part = Item.objects.filter(pk__in=keys[start : start + CHUNK])
        newest = ItemVersion.objects.filter(item=OuterRef("item")).order_by("-number").values("number")[:1]
        versions = ItemVersion.objects.filter(item__in=part, number=Subquery(newest))
        for version in versions.select_related("item__point", "key").order_by(F("item__bank_id"), F("item_id")):
            pictures = version.content.get("pictures", [])
            unplaced = unplaced_pictures(version.stem, version.content)
            yield with_descriptions(block_of_version(version), pictures, unplaced)


def block_of_version(version: ItemVersion) -> Block:
    """One wording with its key and the fields of its item."""
    item = version.item
    return replace(
        decompose(item.type, version.stem, version.content, version.key.answer),
        explanation=version.key.explanation or None,
        number=item.number,
        difficulty=item.difficulty,
        points=(item.point.name,) if item.point else (),
        source=item.source,
        audience=item.audience,
        language=getattr(item, "language", ""),
    )
