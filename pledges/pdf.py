"""A published letter on one A4 page, after the look of GB/T 9704-2012 (side margins 28 and 26 mm)."""

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.translation import override

from foundation.drawing import qr_path, seal_path
from foundation.fonts import render_pdf
from pledges.queries import PublicLetter

MATTER = "pledges/pdf/letter.html"
STYLE = "pledges/pdf/letter.css"


def address_of(public_id: str) -> str:
    """The full address of a letter's page, as the QR code carries it: always the one without language prefix."""
    with override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{reverse('pledges:letter', args=[public_id])}"


def letter_pdf(letter: PublicLetter) -> bytes:
    """The PDF of `letter`: what is public, and nothing else. Chinese whatever the language of the caller.

    Raises foundation.fonts.PdfUnavailable where the system libraries are missing.
    """
    with override(settings.LANGUAGE_CODE):
        address = address_of(letter.public_id)
        path, side = qr_path(address)
        marks = {"qr_path": path, "qr_side": side, "seal_path": seal_path(letter.digest)}
        html = render_to_string(MATTER, {"letter": letter, "address": address, **marks})
        css = get_template(STYLE).render()
    return render_pdf(html=html, css=css)
