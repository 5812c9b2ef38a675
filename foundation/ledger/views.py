"""The published files. They are public, need no cookie and may be read from anywhere."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.ledger import files, keys, queries
from tlog.errors import Refused
from tlog.leaf import canonical

TEXT = "text/plain; charset=utf-8"
IMMUTABLE = "public, max-age=31536000, immutable"


def _public(data: bytes, kind: str, cache: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file(path: str, kind: str, cache: str) -> HttpResponse:
    try:
        return _public(files.get(path), kind, cache)
    except FileNotFoundError:
        raise Http404 from None


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed head of the log."""
    return _file(files.CHECKPOINT, TEXT, "no-store")


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or an entry bundle."""
    return _file(path, "application/octet-stream", IMMUTABLE)


@require_safe
def ended(request: HttpRequest, number: int) -> HttpResponse:
    """The last head of a log that ended."""
    return _file(f"{files.ENDED}/{number}/{files.CHECKPOINT}", TEXT, "no-store")


@require_safe
def signed_policy(request: HttpRequest) -> HttpResponse:
    """The policy, signed by every key of the log: who has an older one learns from it which keys came after."""
    return _file(files.POLICY_NOTE, TEXT, "no-cache")


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Keys that came and went and logs that ended, with what opens their entries."""
    return _public(canonical(queries.history()), "application/json", "no-cache")


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Whom to trust about this log (c2sp.org/tlog-policy). Whoever means it keeps a copy from elsewhere."""
    try:
        text = keys.policy_text()
    except Refused:
        raise Http404 from None
    return _public(text.encode(), TEXT, "no-cache")
