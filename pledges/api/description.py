"""`/api/v1/`: the interface described as OpenAPI 3.1, made from the same rules that check what is sent."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from pledges.api.changing import MAX_SCAN
from pledges.api.door import MAX_LINE
from pledges.api.letters import MAX_ROWS, NDJSON
from pledges.importers import AUDIENCES, CHOICES, DAYS, HEADERS, STATUSES, TEXTS
from pledges.models import DeliveryState, EndReason, FulfilmentStatus, LetterState, Scope

REFUSALS = {
    "400": "not what it should be: no JSON object, a name twice, a fraction, a wrong cursor",
    "401": "no key in force",
    "403": "the key may not do this",
    "404": "no such letter or webhook of this unit",
    "409": "the code was used for another text, or the state does not allow it",
    "411": "no Content-Length",
    "413": "too large",
    "415": "no PDF, JPEG or PNG",
    "422": "fields are wrong; `fields` says which and why",
    "429": "too many calls in this minute",
}
PROBLEM = {
    "type": "object",
    "required": ["status", "error"],
    "properties": {
        "status": {"type": "integer"}, "error": {"type": "string"}, "fields": {"type": "object"},
        "text": {"type": "string"},
    },
}  # fmt: skip


@require_safe
def description(request: HttpRequest) -> JsonResponse:
    """The description, for people and for programs that make clients of it. Needs no key."""
    answer = JsonResponse(document(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def document() -> dict[str, Any]:
    """OpenAPI 3.1.0."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "信行 · 信用承诺接口 / Xinxing, commitment letters",
            "version": "1",
            "description": "Letters of departments' own systems. A key belongs to one unit and acts in its name only.",
        },
        "servers": [{"url": f"{settings.SITE_URL}/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
            "responses": {status: _refusal(text) for status, text in REFUSALS.items()},
        },
    }


def _refusal(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _call(summary: str, scope: str, good: dict[str, str], *refusals: str, **more: Any) -> dict[str, Any]:
    """One operation. `good`: status and the schema of the answer ("" for a bare one)."""
    answers: dict[str, Any] = {
        status: {
            "description": "done",
            "content": {
                "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"} if name else {"type": "object"}}
            },
        }
        for status, name in good.items()
    }
    answers |= {status: {"$ref": f"#/components/responses/{status}"} for status in ("401", "403", "429", *refusals)}
    return {"summary": summary, "description": f"Scope: {scope}", "responses": answers, **more}


def _body(schema: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    return {"required": True, "content": {kind: {"schema": schema}}}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(name: str, kind: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string", "format": kind}}


def _paths() -> dict[str, Any]:
    return {**_letter_paths(), **_letter_changes(), **_hook_paths()}


def _letter_paths() -> dict[str, Any]:
    letter = {"$ref": "#/components/schemas/Letter"}
    sent = {"application/json": {"schema": letter}, NDJSON: {"schema": letter}}
    return {
        "/letters": {
            "get": _call(
                "what happened to the unit's letters, oldest first", Scope.READ, {"200": "Changes"}, "400",
                parameters=[
                    _in_query("cursor", "int64", "`cursor` of the page before"),
                    _in_query("since", "date-time", "only from this moment on"),
                ],
            ),
            "post": _call(
                f"send one letter (at most {MAX_LINE} bytes), or up to {MAX_ROWS} as NDJSON, answered line by line",
                Scope.SEND, {"200": "Said", "201": "Said"}, "400", "409", "411", "413", "422",
                requestBody={"required": True, "content": sent},
            ),
        },
    }  # fmt: skip


def _letter_changes() -> dict[str, Any]:
    code = _in_path("pledge_code")
    reason = {"type": "object", "required": ["reason"], "properties": {"reason": {"enum": EndReason.values}}}
    kept = {"$ref": "#/components/schemas/Fulfilment"}
    scans = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/pdf", "image/*")}
    return {
        "/letters/{pledge_code}": {
            "get": _call("how a letter stands", Scope.READ, {"200": "Said"}, "404", parameters=[code]),
        },
        "/letters/{pledge_code}/scan": {
            "put": _call(
                f"attach the stamped scan of an organisation's letter (at most {MAX_SCAN} bytes)", Scope.SEND,
                {"200": "Said", "201": "Said"}, "404", "409", "411", "413", "415", parameters=[code],
                requestBody={"required": True, "content": scans},
            ),
        },
        "/letters/{pledge_code}/end": {
            "post": _call(
                "end a letter: nothing of it remains in public", Scope.END, {"200": "Said"}, "400", "404", "411", "413",
                "422", parameters=[code], requestBody=_body(reason),
            ),
        },
        "/letters/{pledge_code}/fulfilment": {
            "post": _call(
                "record how an organisation kept its letter", Scope.END, {"200": "Said"}, "400", "404", "409", "411",
                "413", "422", parameters=[code], requestBody=_body(kept),
            ),
        },
    }  # fmt: skip


def _hook_paths() -> dict[str, Any]:
    number = _in_path("id")
    url = {"type": "object", "required": ["url"], "properties": {"url": {"type": "string", "format": "uri"}}}
    return {
        "/webhooks": {
            "get": _call("the addresses that are told", Scope.HOOKS, {"200": ""}),
            "post": _call("add an address", Scope.HOOKS, {"201": ""}, "400", "409", "411", "413", "422",
                          requestBody=_body(url)),
        },
        "/webhooks/{id}": {
            "delete": _call("tell it nothing more", Scope.HOOKS, {"200": ""}, "404", parameters=[number]),
        },
        "/webhooks/{id}/deliveries": {
            "get": _call("the newest hundred deliveries", Scope.HOOKS, {"200": "Deliveries"}, "404",
                         parameters=[number]),
        },
        "/webhooks/{id}/deliveries/{delivery}/resend": {
            "post": _call("deliver once more", Scope.HOOKS, {"202": ""}, "404", "409",
                          parameters=[number, _in_path("delivery")]),
        },
    }  # fmt: skip


def _text(longest: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, **more}


def _fields() -> dict[str, Any]:
    day = {"type": "string", "format": "date"}
    fields: dict[str, Any] = {name: _text(longest, title=HEADERS[name]) for name, (longest, _must) in TEXTS.items()}
    fields |= {name: {"enum": list(values), "title": HEADERS[name]} for name, values in CHOICES.items()}
    fields |= {
        "audience": {"enum": list(AUDIENCES), "title": HEADERS["audience"]},
        "fulfilment_status": {"enum": list(STATUSES), "title": HEADERS["fulfilment_status"]},
        **{name: {**day, "title": HEADERS[name]} for name in DAYS},
    }
    required = [name for name, (_longest, must) in TEXTS.items() if must] + [*CHOICES, "made_on"]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


def _schemas() -> dict[str, Any]:
    said = {
        "source_code": _text(64), "pledge_code": {"type": "string", "pattern": "^[0-9]{20}$"},
        "state": {"enum": LetterState.values}, "ended_at": {"type": "string", "format": "date-time"},
        "verification_code": _text(12), "url": {"type": "string", "format": "uri"},
    }  # fmt: skip
    change = {
        "number": {"type": "integer"}, "change": {"type": "string"},
        "at": {"type": "string", "format": "date-time"}, **said,
    }  # fmt: skip
    delivery = {
        "id": _text(12), "state": {"enum": DeliveryState.values}, "first": {"type": "integer"},
        "last": {"type": "integer"}, "tries": {"type": "integer"}, "answer": {"type": ["integer", "null"]},
        "error": _text(200), "tried_at": {"type": ["string", "null"], "format": "date-time"},
    }  # fmt: skip
    kept = {
        "fulfilment_status": {"enum": FulfilmentStatus.values}, "unfulfilled_content": _text(4000),
        "sanction_content": _text(4000), "status_decided_on": {"type": "string", "format": "date"},
    }  # fmt: skip

    def of(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"type": "object", "properties": properties, **more}

    return {
        "Letter": _fields(),
        "Said": of({"status": {"type": "integer"}, **said}),
        "Changes": of(
            {
                "letters": {"type": "array", "items": of(change)},
                "cursor": {"type": "string"},
                "more": {"type": "boolean"},
            }
        ),
        "Fulfilment": of(kept, required=["fulfilment_status"], additionalProperties=False),
        "Deliveries": of({"deliveries": {"type": "array", "items": of(delivery)}}),
        "Problem": PROBLEM,
    }
