"""Text messages through Alibaba Cloud's gateway (`SendSms`, version 2017-05-25, signature version 1.0).

A text is a template that the gateway has approved, with one variable `title`: the subject of the message.
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from urllib.parse import quote

from django.conf import settings

from accounts.models import User
from notifications.exports.http import Copy, HttpFailed, Refused, exchange, json_of

TITLE_LENGTH = 35
# Everything else is worth another try: limits pass, outages end.
USELESS = (
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.INVALID_PARAMETERS",
    "isv.SMS_TEMPLATE_ILLEGAL",
    "isv.SMS_SIGNATURE_ILLEGAL",
    "isv.TEMPLATE_MISSING_PARAMETERS",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.OUT_OF_SERVICE",
    "InvalidAccessKeyId.NotFound",
    "SignatureDoesNotMatch",
)


def is_ready() -> bool:
    """The account, the signature name and the template are set."""
    return all((settings.SMS_KEY_ID, settings.SMS_KEY_SECRET, settings.SMS_SIGN_NAME, settings.SMS_TEMPLATE))


def address_of(user: User) -> str:
    """The mobile phone."""
    return user.phone or ""


def send(copy: Copy) -> None:
    """Send it. Raises Refused or HttpFailed."""
    fields = {
        "AccessKeyId": settings.SMS_KEY_ID,
        "Action": "SendSms",
        "Format": "JSON",
        "OutId": copy.message_id,
        "PhoneNumbers": copy.address,
        "SignName": settings.SMS_SIGN_NAME,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": secrets.token_hex(16),
        "SignatureVersion": "1.0",
        "TemplateCode": settings.SMS_TEMPLATE,
        "TemplateParam": json.dumps({"title": copy.subject[:TITLE_LENGTH]}, ensure_ascii=False),
        "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Version": "2017-05-25",
    }
    canonical = "&".join(f"{_encoded(name)}={_encoded(fields[name])}" for name in sorted(fields))
    body = f"Signature={_encoded(signature(canonical, settings.SMS_KEY_SECRET))}&{canonical}"
    answer = json_of(
        *exchange(
            settings.SMS_URL,
            data=body.encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            method="POST",
        )
    )
    code = answer.get("Code")
    if code in USELESS:
        raise Refused(f"{code}: {answer.get('Message', '')}")
    if code != "OK":
        raise HttpFailed(f"{code}: {answer.get('Message', '')}")


def _encoded(text: str) -> str:
    """Percent-encoding as in RFC 3986."""
    return quote(text, safe="-_.~")


def signature(canonical: str, secret: str) -> str:
    """The signature over the sorted and encoded fields of a POST."""
    text = f"POST&{_encoded('/')}&{_encoded(canonical)}"
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()).decode()
