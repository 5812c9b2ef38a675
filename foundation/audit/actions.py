"""Write the audit log."""

from contextvars import ContextVar
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from foundation.audit.chain import digest
from foundation.audit.models import Entry, Link
from foundation.audit.queries import canonical, head, unsealed

# Set by the middleware for each request; commands and jobs leave it empty.
current_address: ContextVar[str] = ContextVar("current_address", default="")


class Actor(Protocol):
    """What the log needs of a user: a primary key and a name to print."""

    pk: Any

    def get_username(self) -> str: ...


def record(
    *, action: str, actor: Actor | None, target: str, details: dict[str, Any] | None = None, succeeded: bool = True
) -> Entry:
    """Insert one entry in the caller's transaction.

    `action` is "app.verb" (`exams.submit_attempt`), `target` is "app.Model:pk", `actor` None means the system.
    """
    return Entry.objects.create(
        at=timezone.now(),
        actor_id=actor.pk if actor is not None else None,
        actor=actor.get_username() if actor is not None else "system",
        action=action,
        target=target,
        details=details or {},
        address=current_address.get(),
        succeeded=succeeded,
    )


@transaction.atomic
def look(*, by: Actor, page: str, target: str, details: dict[str, Any] | None = None) -> None:
    """Write down that somebody looked at what single people would not show: numbers, addresses, their own words.

    `page` says where and so for what purpose ("organisations.roster"); the entry is `<page>.look`.
    """
    record(action=f"{page}.look", actor=by, target=target, details=details)


@transaction.atomic
def seal(*, limit: int = 5000) -> int:
    """Chain the entries that are not sealed yet; returns how many.

    Two sealers at once: the unique position lets only one commit, the other's job is retried.
    """
    position, previous = head()
    links = []
    now = timezone.now()
    for entry in unsealed(limit):
        position += 1
        previous = digest(previous, canonical(entry))
        links.append(Link(entry=entry, position=position, digest=previous, sealed_at=now))
    Link.objects.bulk_create(links)
    return len(links)
