"""The two halves of each background job: slow work without a lock, then one short transaction."""

from typing import Any

from foundation.fonts import pdf_available
from pledges import actions, queries
from pledges.pdf import letter_pdf

Payload = dict[str, Any]


def publish(payload: Payload, result: None) -> None:
    """Make the letter public."""
    actions.publish_letter(letter_id=payload["letter"])


def render(payload: Payload) -> bytes | None:
    """The PDF of a published letter; None where PDFs cannot be made or the letter is not public any more."""
    letter = queries.published_face(payload["letter"])
    return letter_pdf(letter) if letter is not None and pdf_available().ok else None


def keep_pdf(payload: Payload, result: bytes | None) -> None:
    """Store what `render` returned. Nothing to store is no failure: `missing_pdfs` asks again in an hour."""
    if result is not None:
        actions.store_pdf(letter_id=payload["letter"], data=result)


def missing_pdfs(payload: Payload, result: None) -> None:
    """Queue the PDFs that could not be made when their letters were published."""
    if pdf_available().ok:
        actions.queue_missing_pdfs()
