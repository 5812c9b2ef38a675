"""What the channels share: a copy of a message, and one HTTP exchange with a time limit."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True)
class Copy:
    """A message as it leaves the site. `link` is a full address or "". `unsubscribe` is "" for what is required."""

    message_id: str
    user_id: str
    kind: str
    address: str
    subject: str
    body: str
    link: str
    sent_at: datetime
    unsubscribe: str = ""


class Refused(RuntimeError):
    """The provider will not take this copy, however often it is tried."""


class HttpFailed(RuntimeError):
    """No usable answer this time: it may be tried again."""


class _NoRedirect(HTTPRedirectHandler):
    """Personal data goes to the address that was set up, and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Do not follow."""
        return


_opener = build_opener(_NoRedirect)


def exchange(
    url: str, *, data: bytes | None = None, headers: dict[str, str] | None = None, method: str = "GET"
) -> tuple[int, bytes]:
    """Status and body of the answer, whatever the status. Raises HttpFailed if there is none, or Refused for an address
    that is not HTTP."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise Refused(f"not an http address: {url.split('?')[0]}")
    request = Request(url, data=data, headers=headers or {}, method=method)  # noqa: S310  # the scheme was checked
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, answer.read(LONGEST_ANSWER)
    except HTTPError as error:
        return error.code, error.read(LONGEST_ANSWER)
    except (URLError, OSError) as error:
        raise HttpFailed(f"{type(error).__name__}: {getattr(error, 'reason', error)}") from None


def json_of(status: int, body: bytes) -> dict[str, Any]:
    """The answer as a JSON object. Raises HttpFailed if it is not one."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise HttpFailed(f"HTTP {status}, and no JSON")
    return found


def cut(text: str, most_bytes: int) -> str:
    """`text` with an ellipsis if its UTF-8 form is longer than `most_bytes`; never half a character."""
    if len(text.encode()) <= most_bytes:
        return text
    return text.encode()[: most_bytes - 3].decode(errors="ignore") + "…"
