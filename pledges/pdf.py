"""A published letter on A4 (GB/T 9704-2012 geometry: margins 37/28/35/26 mm)."""

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.translation import override

from foundation.fonts import render_pdf
from pledges.queries import PublicLetter

TITLE_MATTER = "pledges/pdf/letter.html"
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
        html = render_to_string(TITLE_MATTER, {"letter": letter, "address": address_of(letter.public_id)})
        css = get_template(STYLE).render()
    return render_pdf(html=html, css=css)
