"""Tell people things, and remember what they have read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue_all
from notifications import queries, registry
from notifications.exports import SENDERS
from notifications.models import Channel, Delivery, DeliveryState, Message, Mute

JOBS = {channel: f"notifications.{channel}" for channel in Channel.values}
EMAIL_JOB = JOBS[Channel.EMAIL]


@dataclass(frozen=True, slots=True)
class Draft:
    """One message to be sent. `url` is a path on this site."""

    user_id: int
    kind: str
    subject: str
    body: str = ""
    url: str = ""


@transaction.atomic
def notify(
    *, user: AbstractBaseUser, kind: str, subject: str, body: str = "", url: str = "", at: datetime | None = None
) -> Message:
    """Put one message into the inbox of `user` and, if they have an address, queue a copy by e-mail.

    In the caller's transaction. No audit entry of its own: the action that has something to say has one.
    """
    return notify_all(drafts=[Draft(user.pk, kind, subject, body, url)], at=at)[0]


@transaction.atomic
def notify_all(*, drafts: Sequence[Draft], at: datetime | None = None) -> list[Message]:
    """`notify` for many, in a constant number of statements.

    Copies go over every channel that is set up and reaches the person, unless they have unsubscribed the kind; those of
    a calm kind wait for a working day outside the quiet hours.
    """
    now = at or timezone.now()
    messages = Message.objects.bulk_create(
        [
            Message(user_id=d.user_id, kind=d.kind, subject=d.subject, body=d.body, url=_plain_path(d.url), sent_at=now)
            for d in drafts
        ]
    )
    kinds = {d.kind for d in drafts}
    optional = [name for name in kinds if not registry.kind(name).is_required]
    people = User.objects.filter(pk__in={d.user_id for d in drafts}, is_active=True).in_bulk()
    muted = queries.muted(people, optional) if optional else set()
    for channel, sender in SENDERS.items():
        for is_calm in (False, True):
            if not sender.is_ready():
                continue
            payloads: dict[str, dict[str, Any]] = {}
            for message in messages:
                user, kind = people.get(message.user_id), registry.kind(message.kind)
                wanted = kind.is_calm == is_calm and (message.user_id, message.kind) not in muted
                if user and wanted and (channel != Channel.SMS or kind.is_urgent) and sender.address_of(user):
                    payloads[f"{JOBS[channel]}:{message.pk}"] = {"message": message.pk}
            if payloads:
                opening = queries.next_opening(now) if is_calm else None
                enqueue_all(kind=JOBS[channel], payloads=payloads, run_at=opening)
    return messages


@transaction.atomic
def mark_read(*, user: AbstractBaseUser, message: Message, at: datetime | None = None) -> None:
    """Remember that `user` has opened `message`; the first moment stays. Exempt from the audit log."""
    Message.objects.filter(pk=message.pk, user_id=user.pk, read_at=None).update(read_at=at or timezone.now())


@transaction.atomic
def mark_all_read(*, user: AbstractBaseUser, at: datetime | None = None) -> int:
    """Mark everything in the inbox of `user` as read and return how many were not. Exempt from the audit log."""
    return Message.objects.filter(user_id=user.pk, read_at=None).update(read_at=at or timezone.now())


@transaction.atomic
def choose_kinds(*, user: User, wanted: Collection[str], at: datetime | None = None) -> None:
    """Keep which of the kinds that one may unsubscribe `user` wants copies of."""
    unwanted = {kind.name for kind in registry.optional()} - set(wanted)
    Mute.objects.filter(user=user).exclude(kind__in=unwanted).delete()
    now = at or timezone.now()
    Mute.objects.bulk_create([Mute(user=user, kind=kind, since=now) for kind in unwanted], ignore_conflicts=True)
    record(
        action="notifications.choose_kinds",
        actor=user,
        target=f"accounts.User:{user.pk}",
        details={"unwanted": sorted(unwanted)},
    )


@transaction.atomic
def unsubscribe(*, user: User, kind: str, at: datetime | None = None) -> bool:
    """No more copies of this kind for `user`; False if it is one that nobody can unsubscribe."""
    if registry.kind(kind).is_required:
        return False
    Mute.objects.bulk_create([Mute(user=user, kind=kind, since=at or timezone.now())], ignore_conflicts=True)
    record(
        action="notifications.unsubscribe", actor=user, target=f"accounts.User:{user.pk}", details={"unwanted": [kind]}
    )
    return True


def log_delivery(*, message_id: int, channel: str, address: str, error: str = "") -> Delivery:
    """Write one row of the delivery log, in the caller's transaction."""
    return Delivery.objects.create(
        message_id=message_id,
        channel=channel,
        address=address,
        state=DeliveryState.FAILED if error else DeliveryState.SENT,
        error=error[:300],
        attempted_at=timezone.now(),
    )


def _plain_path(url: str) -> str:
    """A path without the prefix of a language: who writes a message and who reads it may use different ones."""
    prefixes = (f"/{code}" for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
    return next((url.removeprefix(prefix) for prefix in prefixes if url.startswith(f"{prefix}/")), url)
