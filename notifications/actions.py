"""Tell people things, and remember what they have read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.jobs.actions import enqueue
from notifications.models import Delivery, DeliveryState, Message

EMAIL_JOB = "notifications.email"


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
    """`notify` for many, in two statements plus one for each copy by e-mail."""
    messages = Message.objects.bulk_create(
        [
            Message(
                user_id=d.user_id, kind=d.kind, subject=d.subject, body=d.body, url=d.url, sent_at=at or timezone.now()
            )
            for d in drafts
        ]
    )
    reachable = User.objects.filter(pk__in={d.user_id for d in drafts}, is_active=True).exclude(email="")
    with_address = set(reachable.values_list("pk", flat=True))
    for message in messages:
        if message.user_id in with_address:
            enqueue(kind=EMAIL_JOB, payload={"message": message.pk}, key=f"{EMAIL_JOB}:{message.pk}")
    return messages


@transaction.atomic
def mark_read(*, user: AbstractBaseUser, message: Message, at: datetime | None = None) -> None:
    """Remember that `user` has opened `message`; the first moment stays. Exempt from the audit log."""
    Message.objects.filter(pk=message.pk, user_id=user.pk, read_at=None).update(read_at=at or timezone.now())


@transaction.atomic
def mark_all_read(*, user: AbstractBaseUser, at: datetime | None = None) -> int:
    """Mark everything in the inbox of `user` as read and return how many were not. Exempt from the audit log."""
    return Message.objects.filter(user_id=user.pk, read_at=None).update(read_at=at or timezone.now())


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
