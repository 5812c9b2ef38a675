"""A webhook: every message as JSON to one address, signed, for a department's own system."""

import hashlib
import hmac
import json
import time

from django.conf import settings

from accounts.models import User
from notifications.exports.http import Copy, HttpFailed, Refused, exchange

TRY_AGAIN = (408, 425, 429)
BAD_REQUEST, SERVER_ERROR = 400, 500


def is_ready() -> bool:
    """Address and secret are set."""
    return bool(settings.WEBHOOK_URL and settings.WEBHOOK_SECRET)


def address_of(user: User) -> str:
    """Whoever it is: the receiver knows people by their public id."""
    return user.public_id


def send(copy: Copy) -> None:
    """Post it. Raises Refused for an answer that will stay the same, else HttpFailed."""
    body = json.dumps(
        {
            "id": copy.message_id,
            "user": copy.user_id,
            "kind": copy.kind,
            "subject": copy.subject,
            "body": copy.body,
            "url": copy.link,
            "sent_at": copy.sent_at.isoformat(),
        },
        ensure_ascii=False,
    ).encode()
    moment = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Xinxing-Timestamp": moment,
        "X-Xinxing-Signature": f"sha256={signature(moment, body, settings.WEBHOOK_SECRET)}",
    }
    status, _answer = exchange(settings.WEBHOOK_URL, data=body, headers=headers, method="POST")
    if BAD_REQUEST <= status < SERVER_ERROR and status not in TRY_AGAIN:
        raise Refused(f"HTTP {status}")
    if not 200 <= status < 300:
        raise HttpFailed(f"HTTP {status}")


def signature(moment: str, body: bytes, secret: str) -> str:
    """HMAC-SHA256 over the moment, a full stop and the body: an old message cannot be played again unnoticed."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
