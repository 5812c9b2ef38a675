"""What departments' systems ask for, and what they are told: changes to their letters, in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from pledges.models import Delivery, Letter, LetterChange, LetterState, Webhook


@dataclass(frozen=True, slots=True)
class Page:
    """Changes behind a cursor. `cursor` is where the next page begins, also when there is none yet."""

    items: list[dict[str, Any]]
    cursor: int
    more: bool


def said(letter: Letter, source_code: str) -> dict[str, Any]:
    """A letter as its unit's system is told of it now. What is not public has no address; no text and no name."""
    answer: dict[str, Any] = {"source_code": source_code, "pledge_code": letter.code, "state": letter.state}
    if letter.withdrawn_at is not None:
        answer["ended_at"] = letter.withdrawn_at.isoformat()
    if letter.is_public_choice and letter.state == LetterState.IN_FORCE:
        answer |= {"verification_code": letter.public_id, "url": f"{settings.SITE_URL}/l/{letter.public_id}"}
    return answer


def changes(organisation_id: int, *, after: int = 0, since: datetime | None = None, upto: int | None = None,
            limit: int = 500) -> Page:  # fmt: skip
    """Changes of a unit's letters, oldest first. One statement."""
    rows = LetterChange.objects.filter(organisation=organisation_id, number__gt=after)
    if since is not None:
        rows = rows.filter(at__gte=since)
    if upto is not None:
        rows = rows.filter(number__lte=upto)
    found = list(rows.select_related("letter__submission").order_by("number")[:limit])
    return Page([_item(row) for row in found], found[-1].number if found else after, len(found) == limit)


def _item(row: LetterChange) -> dict[str, Any]:
    sent = getattr(row.letter, "submission", None)
    change = {"number": row.number, "change": row.what, "at": row.at.isoformat()}
    return {**change, **said(row.letter, sent.source_code if sent else "")}


def letter_of_unit(organisation_id: int, code: str) -> Letter | None:
    """A letter that a unit's systems sent, by its pledge code; None for anybody else's."""
    found = Letter.objects.filter(code=code, submission__organisation=organisation_id)
    return found.select_related("submission", "publication").first()


def hooks_of(organisation_id: int) -> QuerySet[Webhook]:
    """A unit's addresses that are told."""
    return Webhook.objects.filter(organisation=organisation_id, ended_at=None).order_by("pk")


def deliveries_of(hook: Webhook) -> QuerySet[Delivery]:
    """The log of deliveries to an address, newest first."""
    return Delivery.objects.filter(webhook=hook).order_by("-pk")


def delivery_body(delivery: Delivery) -> dict[str, Any]:
    """What is sent. Made anew for every try: the states are those of now."""
    hook = delivery.webhook
    page = changes(hook.organisation_id, after=delivery.first - 1, upto=delivery.last, limit=1000)
    return {"id": delivery.public_id, "type": "letters.changed", "changes": page.items}
