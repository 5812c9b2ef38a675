"""The door of the API: a key in the header, what it may do, how often."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from pledges import actions
from pledges.models import ApiKey, Scope
from tlog.errors import Malformed
from tlog.leaf import load

MAX_LINE = 64_000
View = Callable[..., HttpResponseBase]


def problem(status: int, word: str, **more: Any) -> dict[str, Any]:
    """The body of an answer that refuses."""
    return {"status": status, "error": word, **more}


def refuse(status: int, word: str, **more: Any) -> JsonResponse:
    """An answer that refuses."""
    return JsonResponse(problem(status, word, **more), status=status)


def door(**scopes: Scope) -> Callable[[View], View]:
    """Let in whoever has a key in force that may do what the method asks for: `door(GET=Scope.READ)`.

    A view that finds its request Unreadable need not answer itself."""

    def decorate(view: View) -> View:
        @csrf_exempt  # no cookie counts here: the key is in the header
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            scope = scopes.get(request.method or "")
            if scope is None:
                answer = refuse(405, "method-not-allowed")
                answer["Allow"] = ", ".join(sorted(scopes))
                return answer
            kind, _blank, text = request.headers.get("Authorization", "").partition(" ")
            try:
                key = actions.open_key(text=text if kind == "Bearer" else "")
            except actions.UnknownKey:
                answer = refuse(401, "unknown-key")
                answer["WWW-Authenticate"] = "Bearer"
                return answer
            if not actions.count_search(address=f"key {key.prefix}", most=settings.API_CALLS):
                answer = refuse(429, "too-many-requests")
                answer["Retry-After"] = "60"
                return answer
            if not key.may(scope):
                return refuse(403, "not-allowed", scope=scope.value)
            try:
                return view(request, key, *args, **kwargs)
            except Unreadable as wrong:
                return wrong.answer

        return inner

    return decorate


class Unreadable(ValueError):
    """The body is no JSON object. `answer` says so."""

    def __init__(self, answer: JsonResponse) -> None:
        self.answer = answer
        super().__init__(answer.status_code)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises Unreadable."""
    length = request.headers.get("Content-Length", "")
    if not length:
        raise Unreadable(refuse(411, "length-required"))
    if not length.isdecimal() or int(length) > MAX_LINE:
        raise Unreadable(refuse(413, "too-large", limit=MAX_LINE))
    try:
        data = load(request.read(MAX_LINE))
    except Malformed as wrong:
        raise Unreadable(refuse(400, "malformed", text=str(wrong))) from None
    if not isinstance(data, dict):
        raise Unreadable(refuse(400, "not-an-object"))
    return data


def owner(key: ApiKey) -> int:
    """The unit whose key it is."""
    return key.organisation_id
