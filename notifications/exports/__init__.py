"""How a copy of a message leaves the site: one small module a channel, each over plain HTTP.

Each has `is_ready()` (is it set up?), `address_of(user)` ("" if the person cannot be reached) and `send(copy)`, which
returns when the provider took the copy and raises otherwise: `Refused` if trying again is no use, else anything.
"""

from collections.abc import Mapping
from types import ModuleType

from notifications.exports import email, sms, webhook, wecom
from notifications.exports.http import Copy, HttpFailed, Refused
from notifications.models import Channel

SENDERS: Mapping[str, ModuleType] = {
    Channel.EMAIL: email,
    Channel.WECOM: wecom,
    Channel.SMS: sms,
    Channel.WEBHOOK: webhook,
}

__all__ = ["SENDERS", "Copy", "HttpFailed", "Refused"]
