"""The published files. They are public, need no cookie and may be read from anywhere."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.ledger import files, keys
from tlog.errors import Refused

IMMUTABLE = "public, max-age=31536000, immutable"


def _public(data: bytes, kind: str, cache: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed head of the log."""
    try:
        data = files.get(files.CHECKPOINT)
    except FileNotFoundError:
        raise Http404 from None
    return _public(data, "text/plain; charset=utf-8", "no-store")


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or an entry bundle."""
    try:
        return _public(files.get(path), "application/octet-stream", IMMUTABLE)
    except FileNotFoundError:
        raise Http404 from None


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Whom to trust about this log (c2sp.org/tlog-policy). Whoever means it keeps a copy from elsewhere."""
    try:
        text = keys.policy_text()
    except Refused:
        raise Http404 from None
    return _public(text.encode(), "text/plain; charset=utf-8", "no-cache")
