"""企业微信 and 政务微信: messages of an application (`gettoken`, `message/send`).

The person's account there is their employee number. https://developer.work.weixin.qq.com/document/path/90236
"""

import json
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache

from accounts.models import User
from notifications.exports.http import Copy, HttpFailed, Refused, cut, exchange, json_of

TOKEN_OVER = (40014, 42001)
# Wrong account, secret, application, or somebody outside the application's range: a person must put it right.
USELESS = (40001, 40003, 40013, 40056, 60011, 60111, 81013, 301002)
TITLE_BYTES, TEXT_BYTES = 128, 512
EARLY_SECONDS = 300
DUPLICATES_SECONDS = 1800


def is_ready() -> bool:
    """The application is set up."""
    return bool(settings.WECOM_CORP_ID and settings.WECOM_SECRET and settings.WECOM_AGENT_ID)


def address_of(user: User) -> str:
    """The account's name there."""
    return user.employee_number or ""


def send(copy: Copy) -> None:
    """Send a card with a link, or a text without. A token that ran out is fetched anew, once.

    Raises Refused, or HttpFailed for everything that may pass: too many calls (45009), busy (-1), no network.
    """
    answer = _post(_token(), copy)
    if answer.get("errcode") in TOKEN_OVER:
        answer = _post(_token(fresh=True), copy)
    _raise_for(answer)
    if copy.address.lower() in str(answer.get("invaliduser", "")).lower().split("|"):
        raise Refused(f"invaliduser {copy.address}")


def _key() -> str:
    return f"wecom-token:{settings.WECOM_CORP_ID}:{settings.WECOM_AGENT_ID}"


def _token(*, fresh: bool = False) -> str:
    """The access token, shared by all processes until shortly before it runs out."""
    found = None if fresh else cache.get(_key())
    if found:
        return str(found)
    query = urlencode({"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_SECRET})
    answer = json_of(*exchange(f"{settings.WECOM_URL}/cgi-bin/gettoken?{query}"))
    _raise_for(answer)
    token = str(answer["access_token"])
    cache.set(_key(), token, max(int(answer.get("expires_in", 0)) - EARLY_SECONDS, 1))
    return token


def _post(token: str, copy: Copy) -> dict[str, Any]:
    body: dict[str, Any] = {
        "touser": copy.address,
        "agentid": settings.WECOM_AGENT_ID,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": DUPLICATES_SECONDS,
    }
    title, text = cut(copy.subject, TITLE_BYTES), cut(copy.body or copy.subject, TEXT_BYTES)
    if copy.link:
        body |= {"msgtype": "textcard", "textcard": {"title": title, "description": text, "url": copy.link}}
    else:
        body |= {"msgtype": "text", "text": {"content": f"{title}\n{text}" if copy.body else title}}
    return json_of(
        *exchange(
            f"{settings.WECOM_URL}/cgi-bin/message/send?{urlencode({'access_token': token})}",
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
            method="POST",
        )
    )


def _raise_for(answer: dict[str, Any]) -> None:
    """Only `errcode` decides: the provider may change its words."""
    code = answer.get("errcode", 0)
    if code in USELESS:
        raise Refused(f"errcode {code}: {answer.get('errmsg', '')}")
    if code:
        raise HttpFailed(f"errcode {code}: {answer.get('errmsg', '')}")
