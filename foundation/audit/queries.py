"""Read the audit log and check its chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from foundation.audit.chain import START, digest
from foundation.audit.models import Entry, Link


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found: how many links hold, and the first that does not."""

    links: int
    broken_at: int | None
    unsealed: int


def canonical(entry: Entry) -> dict[str, Any]:
    """The fields of an entry that are hashed. Time is UTC with microseconds, alike on both databases."""
    return {
        "action": entry.action,
        "actor": entry.actor,
        "actor_id": entry.actor_id,
        "address": entry.address,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "details": entry.details,
        "id": entry.pk,
        "succeeded": entry.succeeded,
        "target": entry.target,
    }


def unsealed(limit: int) -> list[Entry]:
    """Entries without a link, oldest first."""
    sealed = Link.objects.values("entry_id")
    return list(Entry.objects.exclude(pk__in=sealed).order_by("pk")[:limit])


def head() -> tuple[int, str]:
    """Position and digest of the newest link; (0, START) for an empty chain."""
    newest = Link.objects.order_by("-position").first()
    return (newest.position, newest.digest) if newest else (0, START)


def _links() -> Iterator[Link]:
    """The chain in order, in bounded memory."""
    return Link.objects.select_related("entry").order_by("position").iterator(chunk_size=2000)


def verify() -> Verdict:
    """Recompute the whole chain."""
    previous, count = START, 0
    waiting = Entry.objects.count() - Link.objects.count()
    for link in _links():
        expected = digest(previous, canonical(link.entry))
        if link.position != count + 1 or link.digest != expected:
            return Verdict(count, count + 1, waiting)
        previous, count = link.digest, count + 1
    return Verdict(count, None, waiting)
