"""Copies of messages by e-mail."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from notifications import actions
from notifications.models import Channel, Message


def send_email(payload: dict[str, Any]) -> str:
    """Send one message and return the address, "" if there is none any more. Outside any transaction.

    A failure is written to the delivery log and raised again: the job is retried with back-off.
    """
    message = Message.objects.select_related("user").filter(pk=payload["message"]).first()
    if message is None or not message.user.email or not message.user.is_active:
        return ""
    address: str = message.user.email
    link = f"{settings.SITE_URL}{message.url}" if message.url else ""
    body = "\n\n".join(part for part in (message.body, link) if part) or message.subject
    try:
        EmailMessage(subject=" ".join(message.subject.split()), body=body, to=[address]).send()
    except Exception as error:
        with transaction.atomic():
            actions.log_delivery(
                message_id=message.pk, channel=Channel.EMAIL, address=address, error=f"{type(error).__name__}: {error}"
            )
        raise
    return address


def log_sent(payload: dict[str, Any], address: str) -> None:
    """Write the delivery log, in the transaction that marks the job done."""
    if address:
        actions.log_delivery(message_id=payload["message"], channel=Channel.EMAIL, address=address)
