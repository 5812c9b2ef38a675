"""Keep the index of the bank in step with the wordings. Part of the actions that change them, and of the rebuild."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from exams import queries
from exams.models import Attempt, DrillAnswer, Item, ItemIndex, ItemVersion

CHUNK = 500
OVERLAP = timedelta(hours=1)
TABLE = queries.WORDS_TABLE


@transaction.atomic
def index_items(*, item_ids: Iterable[int], twins: bool = True) -> None:
    """Fold items into the index: row, words and, unless `twins` is off, which item is most like each."""
    wanted = list(item_ids)
    versions = ItemVersion.objects.filter(item_id__in=wanted).select_related("item").order_by("item_id", "number")
    newest = {version.item_id: version for version in versions}
    fields = ["newest", "state", "author", "changed_at", "has_picture"]
    ItemIndex.objects.bulk_create(
        map(_row, newest.values()), update_conflicts=True, unique_fields=["item"], update_fields=fields
    )
    _store_words([(pk, queries.words_of(version)) for pk, version in newest.items()])
    if twins:
        find_twins(item_ids=newest)


def _row(version: ItemVersion) -> ItemIndex:
    return ItemIndex(
        item_id=version.item_id,
        newest=version,
        state=version.state,
        author_id=version.author_id,
        changed_at=version.frozen_at or version.created_at,
        has_picture=bool(version.content.get("pictures")),
    )


def refresh_states(*, item_ids: Iterable[int]) -> None:
    """Fold only what a review changes: state, author, moment. One statement."""
    newest = ItemVersion.objects.filter(item=OuterRef("item")).order_by("-number")
    ItemIndex.objects.filter(item_id__in=list(item_ids)).update(
        newest=Subquery(newest.values("pk")[:1]),
        state=Subquery(newest.values("state")[:1]),
        author=Subquery(newest.values("author_id")[:1]),
        changed_at=Subquery(newest.annotate(at=Coalesce("frozen_at", "created_at")).values("at")[:1]),
    )


def find_twins(*, item_ids: Iterable[int]) -> None:
    """Say of each item which other one is most like it, and the other way round where that is closer."""
    wanted = set(item_ids)
    wanted |= set(ItemIndex.objects.filter(twin_id__in=wanted).values_list("item_id", flat=True)[:50])
    rows = ItemIndex.objects.filter(item_id__in=wanted).select_related("newest")
    for row in rows:
        _find_twin(row)


def _find_twin(row: ItemIndex) -> None:
    found = queries.similar_items(row.newest.stem, exclude=row.item_id, limit=1)
    twin, percent = (found[0].item_id, found[0].percent) if found else (None, None)
    if (row.twin_id, row.likeness) != (twin, percent):
        ItemIndex.objects.filter(pk=row.pk).update(twin=twin, likeness=percent)
    if twin is not None:
        other = ItemIndex.objects.filter(pk=twin)
        (other.filter(likeness=None) | other.filter(likeness__lt=percent)).update(twin=row.pk, likeness=percent)


def _store_words(rows: Sequence[tuple[int, list[str]]]) -> None:
    """Write the words of items; what was there for them goes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"INSERT INTO {TABLE} (item_id, words) VALUES (%s, %s::tsvector)"  # noqa: S608
                " ON CONFLICT (item_id) DO UPDATE SET words = excluded.words",
                [(pk, _vector(words)) for pk, words in rows],
            )
            return
        cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(pk,) for pk, _words in rows])  # noqa: S608
        cursor.executemany(
            f"INSERT INTO {TABLE} (rowid, words) VALUES (%s, %s)",  # noqa: S608
            [(pk, " ".join(words)) for pk, words in rows],
        )


def forget_items(*, item_ids: Iterable[int]) -> None:
    """Take items that are being deleted out of the search, and from those that were most like them."""
    ItemIndex.objects.filter(twin__in=list(item_ids)).update(twin=None, likeness=None)
    key = "item_id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {TABLE} WHERE {key} = %s", [(pk,) for pk in item_ids])  # noqa: S608


def _vector(words: Sequence[str]) -> str:
    """The text of a tsvector with positions; PostgreSQL counts them to 16383."""
    return " ".join(f"'{word}':{min(n, 16383)}" for n, word in enumerate(words, 1))


def note_uses() -> int:
    """Note when each item was last asked, from what was drawn since the last time; returns how many attempts it read.

    An hour is read twice, so that a start that was committed late is not missed; the moment only moves forward.
    """
    newest = ItemIndex.objects.aggregate(at=Max("used_at"))["at"]
    attempts = Attempt.objects.filter(started_at__gte=newest - OVERLAP) if newest else Attempt.objects.all()
    answers = DrillAnswer.objects.filter(answered_at__gte=newest - OVERLAP) if newest else DrillAnswer.objects.all()
    last: dict[int, datetime] = {}
    count = 0
    for at, drawn in attempts.order_by("started_at").values_list("started_at", "drawn").iterator():
        count += 1
        last |= {version: at for version, _points in drawn}
    for version, at in answers.values_list("version_id").annotate(at=Max("answered_at")).iterator():
        last[version] = max(at, last.get(version, at))
    items = (
        dict(ItemVersion.objects.filter(pk__in=last).values_list("pk", "item_id"))
        if len(last) < CHUNK
        else dict(ItemVersion.objects.values_list("pk", "item_id").iterator())
    )
    by_moment: dict[datetime, list[int]] = {}
    for version, at in last.items():
        by_moment.setdefault(at, []).append(items[version])
    for at, ids in by_moment.items():
        rows = ItemIndex.objects.filter(pk__in=ids)
        (rows.filter(used_at=None) | rows.filter(used_at__lt=at)).update(used_at=at)
    return count


def rebuild_index(*, twins: bool = True) -> int:
    """Fold every item anew, in transactions of some hundred; returns how many. Safe to repeat and to break off."""
    ids = list(Item.objects.order_by("pk").values_list("pk", flat=True))
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    for chunk in chunks:
        index_items(item_ids=chunk, twins=False)
    for chunk in chunks if twins else []:
        with transaction.atomic():
            find_twins(item_ids=chunk)
    note_uses()
    return len(ids)
