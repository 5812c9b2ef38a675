"""`/api/v1/webhooks`: addresses that are told of changes, and the log of what was delivered to them."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from foundation.outbound import Forbidden
from pledges import actions, queries
from pledges.api.door import body_of, door, refuse
from pledges.models import ApiKey, Delivery, Scope, Webhook

SHOWN = 100


def _told(hook: Webhook) -> dict[str, Any]:
    return {"id": hook.public_id, "url": hook.url, "reached": hook.reached, "created_at": hook.created_at.isoformat()}


@door(GET=Scope.HOOKS, POST=Scope.HOOKS)
def hooks(request: HttpRequest, key: ApiKey) -> HttpResponseBase:
    """The unit's addresses; POST `{"url": …}` adds one and answers with its secret, once."""
    if request.method == "GET":
        return JsonResponse({"webhooks": [_told(hook) for hook in queries.hooks_of(key.organisation_id)]})
    data = body_of(request)
    if set(data) != {"url"} or not isinstance(data["url"], str):
        return refuse(422, "invalid", fields={"url": "required, and nothing else"})
    try:
        hook, secret = actions.create_webhook(organisation=key.organisation, url=data["url"])
    except Forbidden as wrong:
        return refuse(422, "invalid", fields={"url": str(wrong)})
    except actions.TooMany:
        return refuse(409, "too-many-webhooks")
    return JsonResponse({"status": 201, **_told(hook), "secret": secret}, status=201)


def _hook(key: ApiKey, number: str) -> Webhook | None:
    return queries.hooks_of(key.organisation_id).filter(public_id=number).first()


@door(DELETE=Scope.HOOKS)
def hook(request: HttpRequest, key: ApiKey, hook_id: str) -> HttpResponseBase:
    """DELETE: this address is told nothing more."""
    found = _hook(key, hook_id)
    if found is None:
        return refuse(404, "not-found")
    actions.end_webhook(hook=found)
    return JsonResponse({"status": 200})


@door(GET=Scope.HOOKS)
def deliveries(request: HttpRequest, key: ApiKey, hook_id: str) -> HttpResponseBase:
    """The newest deliveries to an address."""
    found = _hook(key, hook_id)
    if found is None:
        return refuse(404, "not-found")
    return JsonResponse({"deliveries": [_delivery(row) for row in queries.deliveries_of(found)[:SHOWN]]})


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.public_id, "state": row.state, "first": row.first, "last": row.last, "tries": row.tries,
        "answer": row.status, "error": row.error, "tried_at": row.tried_at.isoformat() if row.tried_at else None,
    }  # fmt: skip


@door(POST=Scope.HOOKS)
def resend(request: HttpRequest, key: ApiKey, hook_id: str, delivery_id: str) -> HttpResponseBase:
    """Deliver once more."""
    found = _hook(key, hook_id)
    row = queries.deliveries_of(found).filter(public_id=delivery_id).first() if found else None
    if row is None:
        return refuse(404, "not-found")
    if not actions.resend_delivery(delivery=row):
        return refuse(409, "busy", text="another delivery to this address is under way")
    return JsonResponse({"status": 202}, status=202)
