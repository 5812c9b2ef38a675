"""Copies of messages over the channels that are set up."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from notifications import actions, queries, registry
from notifications.exports import SENDERS, Copy, Refused
from notifications.models import Message


class Sender:
    """The job of one channel."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.module = SENDERS[channel]

    def send(self, payload: dict[str, Any]) -> tuple[str, str]:
        """Send one copy, outside any transaction; returns the address ("" if there is none any more) and what the
        provider has against it for good ("" if it took it).

        Any other failure is written to the delivery log and raised again: the job is retried with back-off.
        """
        message = Message.objects.select_related("user").filter(pk=payload["message"]).first()
        if message is None or not message.user.is_active or not self.module.is_ready():
            return "", ""
        address = str(self.module.address_of(message.user))
        if not address:
            return "", ""
        try:
            self.module.send(copy_of(message, address))
        except Refused as refusal:
            return address, str(refusal) or type(refusal).__name__
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            with transaction.atomic():
                actions.log_delivery(message_id=message.pk, channel=self.channel, address=address, error=reason)
            raise
        return address, ""

    def log(self, payload: dict[str, Any], result: tuple[str, str]) -> None:
        """Write the delivery log, in the transaction that marks the job done."""
        address, refusal = result
        if address:
            actions.log_delivery(message_id=payload["message"], channel=self.channel, address=address, error=refusal)


def copy_of(message: Message, address: str) -> Copy:
    """The message as it leaves the site."""
    unsubscribe = ""
    if not registry.kind(message.kind).is_required:
        token = queries.unsubscribe_token(message.user_id, message.kind)
        unsubscribe = f"{settings.SITE_URL}{reverse('notifications:unsubscribe', args=[token])}"
    return Copy(
        message_id=message.public_id,
        user_id=message.user.public_id,
        kind=message.kind,
        address=address,
        subject=message.subject,
        body=message.body,
        link=f"{settings.SITE_URL}{message.url}" if message.url else "",
        sent_at=message.sent_at,
        unsubscribe=unsubscribe,
    )
