"""The two halves of each background job: slow work without a lock, then one short transaction."""

import json
import time
from typing import Any

from django.conf import settings

from foundation import outbound
from foundation.fonts import pdf_available
from foundation.ledger.sequencer import keep_up
from pledges import actions, pdf_seals, queries
from pledges.models import Delivery, DeliveryState
from pledges.pdf import copies_pdf, letter_pdf

Payload = dict[str, Any]


def keep_log_up(payload: Payload) -> None:
    """A long queue of publications does not keep their entries from the log."""
    keep_up()


def publish(payload: Payload, result: None) -> None:
    """Make the letter public."""
    actions.publish_letter(letter_id=payload["letter"])


def render(payload: Payload) -> bytes | None:
    """The PDF of a published letter with record and proof inside; None where PDFs cannot be made, the letter is not
    public any more, or has no place in the log yet."""
    keep_up()
    letter = queries.published_face(payload["letter"])
    record = queries.public_record(letter.public_id) if letter is not None and letter.in_log else None
    if letter is None or record is None or not pdf_available().ok:
        return None
    return letter_pdf(letter, attached=queries.files_of(record))


def keep_pdf(payload: Payload, result: bytes | None) -> None:
    """Store what `render` returned. Before the letter is in the log it looks again in a few seconds; otherwise nothing
    to store is no failure: `missing_pdfs` asks again in a minute."""
    if result is not None:
        actions.store_pdf(letter_id=payload["letter"], data=result)
    elif queries.waits_for_log(payload["letter"]):
        actions.queue_pdf(letter_id=payload["letter"], look=payload.get("look", 0) + 1)


def log_letters(payload: Payload) -> None:
    """Give entries to letters from before the log, each in a transaction of its own."""
    actions.log_letters()


def expire(payload: Payload) -> None:
    """Tell the log of letters whose last day is over, each batch in a transaction of its own."""
    while actions.expire_letters():
        pass


def make_copies(payload: Payload) -> dict[str, bytes] | None:
    """The two copies of a letter; None where PDFs cannot be made (`missing_pdfs` asks again) or it has ended."""
    letter = queries.letter_in_force(payload["letter"])
    if letter is None or not pdf_available().ok:
        return None
    return copies_pdf(letter)


def keep_copies(payload: Payload, result: dict[str, bytes] | None) -> None:
    """Store what `make_copies` returned."""
    if result is not None:
        actions.keep_copies(letter_id=payload["letter"], files=result)


def tidy(payload: Payload, result: None) -> None:
    """Remove what has been kept as long as it must."""
    actions.tidy_letters()


def hide_limited(payload: Payload) -> None:
    """Once, after an update: what was public and may not be leaves, some letters in each transaction."""
    while actions.hide_limited():
        pass


def missing_pdfs(payload: Payload, result: None) -> None:
    """Queue the PDFs that could not be made when their letters were published."""
    if pdf_available().ok:
        actions.queue_missing_pdfs()
        actions.queue_missing_copies()


def prolong_seals(payload: Payload) -> None:
    """Once a day: the list of revoked certificates never grows old, and no time stamp ends without another."""
    pdf_seals.keep_list_fresh()
    actions.queue_prolonging()


def prolong(payload: Payload) -> bytes | None:
    """The PDF of a letter with a further time stamp; None if the letter is not public any more or no service is
    configured."""
    stored = queries.pdf_by_letter(payload["letter"])
    return pdf_seals.prolonged(stored.file) if stored is not None else None


def keep_prolonged(payload: Payload, result: bytes | None) -> None:
    """Store what `prolong` returned."""
    if result is not None:
        actions.store_pdf(letter_id=payload["letter"], data=result)


def keep_list(payload: Payload) -> None:
    """Fold the figures of the registry, let rows age, count the promises of schools, forget who
    searched: each in its own transaction."""
    actions.fold_registry()
    while actions.age_registry():
        pass
    actions.count_schools()
    actions.forget_searches()
    actions.prune_deliveries()
    actions.prune_imports()


def compare_list(payload: Payload) -> None:
    """Compare the whole registry with the letters, and put right what differs."""
    actions.rebuild_registry()


def rewrite_list(payload: Payload) -> None:
    """Once, after an update that changes rows of the registry and their words."""
    actions.rebuild_registry(words=True)


def tell(payload: Payload, result: None) -> None:
    """Begin deliveries to the webhooks of a unit."""
    actions.plan_deliveries(organisation_id=payload["organisation"])


def deliver(payload: Payload) -> tuple[int | None, str]:
    """Send changes to a webhook; the status of the answer, or what went wrong. Signed as Standard Webhooks 1.0 say."""
    delivery = Delivery.objects.select_related("webhook").get(pk=payload["delivery"])
    if delivery.state != DeliveryState.WAITING:
        return None, ""
    body, moment = json.dumps(queries.delivery_body(delivery), ensure_ascii=False).encode(), int(time.time())
    secret = actions.secret_of(hook=delivery.webhook)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": delivery.public_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": actions.signature(secret=secret, delivery=delivery.public_id, moment=moment, body=body),
    }
    try:
        hosts, private = settings.LETTER_HOOK_HOSTS, settings.LETTER_HOOK_PRIVATE
        return outbound.post(delivery.webhook.url, body, headers, hosts=hosts, private=private), ""
    except (outbound.Forbidden, outbound.Unreachable) as wrong:
        return None, str(wrong)


def note_delivery(payload: Payload, result: tuple[int | None, str]) -> None:
    """Write down what came of it, and go on."""
    status, error = result
    actions.note_delivery(delivery_id=payload["delivery"], status=status, error=error)


def store_import(payload: Payload) -> None:
    """Store the letters of a table, some hundreds in each transaction."""
    actions.store_import(batch_id=payload["batch"])
