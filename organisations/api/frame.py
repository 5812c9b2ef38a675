"""What every request of a personnel system goes through: the key, the limits, errors and versions as RFC 7644 says."""

import json
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from organisations import actions
from organisations.contracts.scim import ERROR, LIST, Refused
from organisations.models import ScimKey

TYPE = "application/scim+json"
MAX_BODY = 1_000_000
PAGE, LONGEST_PAGE = 100, 200
READS = {"GET", "HEAD"}

View = Callable[..., HttpResponse]


def answer(data: dict[str, Any], status: int = 200, **headers: str) -> HttpResponse:
    """JSON of the type that SCIM asks for."""
    text = json.dumps(data, ensure_ascii=False)
    kept = {"Cache-Control": "no-store", **headers}
    return HttpResponse(text, status=status, content_type=f"{TYPE}; charset=utf-8", headers=kept)


def problem(status: int, detail: str, kind: str = "", **headers: str) -> HttpResponse:
    """An error (RFC 7644, 3.12)."""
    data = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return answer(data | ({"scimType": kind} if kind else {}), status, **headers)


def scim(*methods: str) -> Callable[[View], View]:
    """Gives the view its key; answers with an error of the standard whatever goes wrong."""

    def around(view: View) -> View:
        @csrf_exempt  # no cookie counts here: the key is in the header
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, _admitted(request, methods), *args, **kwargs)
            except actions.UnknownKey:
                return problem(401, "No key, a wrong one, or one that has ended.", **{"WWW-Authenticate": "Bearer"})
            except Refused as wrong:
                headers = {"Allow": ", ".join(methods)} if wrong.status == 405 else {}
                headers |= {"Retry-After": "60"} if wrong.status == 429 else {}
                return problem(wrong.status, wrong.detail, wrong.kind, **headers)

        return inner

    return around


def _admitted(request: HttpRequest, methods: tuple[str, ...]) -> ScimKey:
    """The key of this request. Raises UnknownKey or Refused."""
    scheme, _blank, text = request.headers.get("Authorization", "").partition(" ")
    key = actions.open_scim_key(text=text.strip() if scheme.casefold() == "bearer" else "")
    if request.method not in methods:
        raise Refused(405, f"{request.method} is not offered here.")
    if not ratelimit.consume(request, app="allauth.account", action="scim", key=key.prefix, limit_get=True):
        raise Refused(429, "Too many requests; wait a minute.")
    if request.method not in READS and not key.may_write:
        raise Refused(403, "This key may look, not change.")
    return key


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent. Raises Refused."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MAX_BODY:
        raise Refused(413, "At most a million bytes.")
    try:
        data = json.loads(request.read(MAX_BODY + 1))
    except (ValueError, RecursionError):
        raise Refused(400, "This is not JSON.", "invalidSyntax") from None
    if not isinstance(data, dict):
        raise Refused(400, "An object is expected.", "invalidSyntax")
    if "\0" in json.dumps(data, ensure_ascii=False) or "\\u0000" in json.dumps(data):
        raise Refused(400, "A null character is no text.", "invalidValue")
    return data


def versioned(resource: dict[str, Any], location: str) -> dict[str, Any]:
    """The resource with its address and its version: a hash of all that it says, whoever has changed it."""
    text = json.dumps(resource, ensure_ascii=False, sort_keys=True)
    version = f'W/"{sha256(text.encode()).hexdigest()[:20]}"'
    resource["meta"] = {**resource.get("meta", {}), "location": f"{settings.SITE_URL}{location}", "version": version}
    return resource


def refuse_other_version(request: HttpRequest, resource: dict[str, Any]) -> None:
    """If-Match: raises Refused where somebody has changed the resource since."""
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted != "*" and resource["meta"]["version"] not in {part.strip() for part in wanted.split(",")}:
        raise Refused(412, "The resource has changed since.")


def one(request: HttpRequest, resource: dict[str, Any], status: int = 200) -> HttpResponse:
    """One resource with its version; 304 where the system has it already."""
    version = resource["meta"]["version"]
    known = {part.strip() for part in request.headers.get("If-None-Match", "").split(",")}
    if request.method in READS and (version in known or "*" in known):
        return HttpResponse(status=304, headers={"ETag": version})
    more = {"Location": resource["meta"]["location"]} if status == 201 else {}
    return answer(chosen(request, resource), status, ETag=version, **more)


def chosen(request: HttpRequest, resource: dict[str, Any]) -> dict[str, Any]:
    """Only what `attributes` names, or without what `excludedAttributes` names (RFC 7644, 3.9)."""
    always = {"schemas", "id", "meta"}
    wanted = {name.split(".")[0].strip() for name in request.GET.get("attributes", "").split(",") if name.strip()}
    excluded = {name.strip() for name in request.GET.get("excludedAttributes", "").split(",")} - always
    if wanted:
        return {name: value for name, value in resource.items() if name in wanted | always}
    return {name: value for name, value in resource.items() if name not in excluded}


def window(request: HttpRequest) -> tuple[int, int]:
    """`startIndex` (from 1) and `count`, as the standard bends what is out of range. Raises Refused."""
    try:
        start, count = int(request.GET.get("startIndex", "1")), int(request.GET.get("count", str(PAGE)))
    except ValueError:
        raise Refused(400, "startIndex and count are whole numbers.", "invalidValue") from None
    return min(max(start, 1), 10**9), min(max(count, 0), LONGEST_PAGE)


def listed(resources: list[dict[str, Any]], total: int, start: int) -> HttpResponse:
    """A list with its place in the whole."""
    data = {"schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": len(resources)}
    return answer({**data, "Resources": resources})
