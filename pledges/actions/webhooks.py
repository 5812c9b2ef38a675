"""Tell departments' systems of changes: addresses, deliveries in order, tries with longer and longer pauses."""

import hmac
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from foundation.identifiers import code12
from foundation.jobs.actions import enqueue
from foundation.outbound import check_address
from organisations.models import Organisation
from pledges import keys
from pledges.models import ChangeCounter, Delivery, DeliveryState, Webhook

SECRET_BYTES, PREFIX = 32, "whsec_"
MOST_CHANGES = 100
PAUSES = (30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600)  # seconds before the second try, the third …
MOST_HOOKS = 5


class TooMany(ValueError):
    """The unit has as many addresses as one may have, or this one already."""


@transaction.atomic
def create_webhook(
    *, organisation: Organisation, url: str, by: User | None = None, at: datetime | None = None
) -> tuple[Webhook, str]:
    """Tell `url` of the changes to a unit's letters from now on; returns it with the secret that signs them, which is
    shown once. Raises foundation.outbound.Forbidden, TooMany."""
    check_address(url, hosts=settings.LETTER_HOOK_HOSTS, private=settings.LETTER_HOOK_PRIVATE)
    if Webhook.objects.filter(organisation=organisation, ended_at=None).count() >= MOST_HOOKS:
        raise TooMany(url)
    public_id, secret = code12(), token_bytes(SECRET_BYTES)
    counter = ChangeCounter.objects.filter(pk=organisation.pk).first()
    try:
        with transaction.atomic():
            hook = Webhook.objects.create(
                public_id=public_id,
                organisation=organisation,
                url=url,
                sealed_secret=keys.seal(secret, about=f"webhook/{public_id}"),
                reached=counter.latest if counter else 0,
                created_at=at or timezone.now(),
            )
    except IntegrityError:
        raise TooMany(url) from None
    record(action="pledges.create_webhook", actor=by, target=f"pledges.Webhook:{hook.pk}")
    return hook, f"{PREFIX}{b64encode(secret).decode()}"


@transaction.atomic
def end_webhook(*, hook: Webhook, by: User | None = None, at: datetime | None = None) -> bool:
    """Tell this address nothing more; False if it was ended before."""
    moment = at or timezone.now()
    changed = Webhook.objects.filter(pk=hook.pk, ended_at=None).update(ended_at=moment)
    if changed:
        Delivery.objects.filter(webhook=hook, state=DeliveryState.WAITING).update(
            state=DeliveryState.FAILED, finished_at=moment, error="ended"
        )
        record(action="pledges.end_webhook", actor=by, target=f"pledges.Webhook:{hook.pk}")
    return bool(changed)


def signature(*, secret: str, delivery: str, moment: int, body: bytes) -> str:
    """The header `webhook-signature` (Standard Webhooks 1.0): HMAC-SHA-256 over number, moment and body."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{delivery}.{moment}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, sha256).digest()).decode()


def secret_of(*, hook: Webhook) -> str:
    """The secret of an address, unsealed."""
    secret = keys.unseal(bytes(hook.sealed_secret), about=f"webhook/{hook.public_id}")
    return f"{PREFIX}{b64encode(secret).decode()}"


@transaction.atomic
def plan_deliveries(*, organisation_id: int, at: datetime | None = None) -> int:
    """Begin a delivery to each address of a unit that has none under way and has not been told everything; returns how
    many. One at a time for each address: changes arrive in order."""
    counter = ChangeCounter.objects.filter(pk=organisation_id).first()
    latest, moment, begun = counter.latest if counter else 0, at or timezone.now(), 0
    hooks = Webhook.objects.filter(organisation=organisation_id, ended_at=None, reached__lt=latest)
    for hook in hooks.select_for_update().order_by("pk"):
        if Delivery.objects.filter(webhook=hook, state=DeliveryState.WAITING).exists():
            continue
        last = min(latest, hook.reached + MOST_CHANGES)
        delivery = Delivery.objects.create(webhook=hook, first=hook.reached + 1, last=last, created_at=moment)
        _queue(delivery, moment)
        begun += 1
    return begun


def _queue(delivery: Delivery, run_at: datetime) -> None:
    enqueue(
        kind="pledges.deliver",
        payload={"delivery": delivery.pk},
        key=f"pledges.deliver:{delivery.pk}:{delivery.tries}:{run_at.isoformat()}",
        run_at=run_at,
    )


@transaction.atomic
def note_delivery(*, delivery_id: int, status: int | None, error: str = "", at: datetime | None = None) -> Delivery:
    """Write down what a try came to. Delivered, or tried often enough: on with the next changes. Else again later."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery_id)
    moment = at or timezone.now()
    if delivery.state != DeliveryState.WAITING:
        return delivery
    delivery.tries += 1
    delivery.status, delivery.error, delivery.tried_at = status, error[:200], moment
    if status is not None and 200 <= status < 300:
        delivery.state, delivery.finished_at = DeliveryState.SENT, moment
    elif delivery.tries > len(PAUSES):
        delivery.state, delivery.finished_at = DeliveryState.FAILED, moment
    else:
        _queue(delivery, moment + timedelta(seconds=PAUSES[delivery.tries - 1]))
    delivery.save(update_fields=["tries", "status", "error", "tried_at", "state", "finished_at"])
    if delivery.state != DeliveryState.WAITING:
        Webhook.objects.filter(pk=delivery.webhook_id, reached__lt=delivery.last).update(reached=delivery.last)
        plan_deliveries(organisation_id=delivery.webhook.organisation_id, at=moment)
    return delivery


@transaction.atomic
def resend_delivery(*, delivery: Delivery, by: User | None = None, at: datetime | None = None) -> bool:
    """Try a delivery again that was delivered or given up; False if another one to this address is under way."""
    moment = at or timezone.now()
    hook = Webhook.objects.select_for_update().get(pk=delivery.webhook_id)
    busy = Delivery.objects.filter(webhook=hook, state=DeliveryState.WAITING).exists()
    if busy or hook.ended_at is not None:
        return False
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.WAITING, finished_at=None, tries=0)
    delivery.refresh_from_db()
    _queue(delivery, moment)
    record(action="pledges.resend_delivery", actor=by, target=f"pledges.Delivery:{delivery.pk}")
    return True


def prune_deliveries(*, at: datetime | None = None) -> int:
    """Forget deliveries of more than ninety days ago; returns how many. No business fact: the changes stay."""
    before = (at or timezone.now()) - timedelta(days=90)
    return Delivery.objects.filter(finished_at__lt=before).delete()[0]
