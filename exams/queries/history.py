"""What happened to an item: its versions side by side, its audit entries, where it was asked."""

import difflib
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from exams.importers.lines import to_lines
from exams.models import DrillAnswer, Item, ItemComment, ItemIndex, ItemVersion, PaperItem
from exams.queries.sittings import asking
from foundation.audit.models import Entry

ENTRIES = 50
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of two versions side by side; each side is (text, changed) in pieces."""

    old: list[Piece]
    new: list[Piece]
    changed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two versions: "stem", "lines", "explanation" or "pictures"."""

    field: str
    rows: list[Row]


def differences(old: ItemVersion, new: ItemVersion) -> list[Difference]:
    """What differs between two versions (with keys at hand), field by field; fields that are equal are left out."""
    before, after = _fields(old), _fields(new)
    return [Difference(name, _rows(before[name], after[name])) for name in before if before[name] != after[name]]


def _fields(version: ItemVersion) -> dict[str, str]:
    pictures = [f"[图{p['n']}] {p['alt']} ({p['id']})" for p in version.content.get("pictures", [])]
    return {
        "stem": version.stem,
        "lines": to_lines(version.item.type, version.content, version.key.answer),
        "explanation": version.key.explanation,
        "pictures": "\n".join(pictures),
    }


def _rows(old: str, new: str) -> list[Row]:
    left, right = old.splitlines(), new.splitlines()
    rows: list[Row] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Row([(line, False)], [(line, False)], False) for line in left[a:b]]
            continue
        olds, news = left[a:b], right[c:d]
        for n in range(max(len(olds), len(news))):
            rows.append(_row(olds[n] if n < len(olds) else "", news[n] if n < len(news) else ""))
    return rows


def _row(old: str, new: str) -> Row:
    """Two lines with what differs between them marked, character by character."""
    before: list[Piece] = []
    after: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if b > a:
            before.append((old[a:b], tag != "equal"))
        if d > c:
            after.append((new[c:d], tag != "equal"))
    return Row(before, after, True)


def version_with_key(item: Item, number: int) -> ItemVersion | None:
    """One version with its key. For authors only."""
    return ItemVersion.objects.filter(item=item, number=number).select_related("item", "key").first()


def entries_of(item: Item) -> QuerySet[Entry]:
    """The newest audit entries on an item and its versions."""
    versions = ItemVersion.objects.filter(item=item).values_list("pk", flat=True)
    targets = [f"exams.Item:{item.pk}", *(f"exams.ItemVersion:{pk}" for pk in versions)]
    return Entry.objects.filter(target__in=targets).order_by("-pk")[:ENTRIES]


def comments_on(item: Item) -> QuerySet[ItemComment]:
    """What colleagues said, oldest first."""
    return ItemComment.objects.filter(item=item).select_related("author", "resolved_by", "version").order_by("pk")


@dataclass(frozen=True, slots=True)
class Usage:
    """Where an item was asked: papers that fix it, attempts and drill answers per version, and when last."""

    fixed: list[Any]
    attempts: int
    drills: int
    used_at: Any


def usage_of(item: Item) -> Usage:
    """Count over what was drawn. Reads every attempt: for one item on request, never in a list. Four statements."""
    versions = list(ItemVersion.objects.filter(item=item).values_list("pk", flat=True))
    attempts = sum(asking(pk).count() for pk in versions)
    return Usage(
        fixed=list(PaperItem.objects.filter(item=item).select_related("paper").order_by("paper__title", "pk")),
        attempts=attempts,
        drills=DrillAnswer.objects.filter(version__in=versions).count(),
        used_at=ItemIndex.objects.filter(item=item).values_list("used_at", flat=True).first(),
    )
