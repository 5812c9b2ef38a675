"""A certificate on one A4 page across."""

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.translation import override

from certificates.models import Certificate
from foundation.drawing import qr_lines
from foundation.fonts import render_pdf


def check_address(certificate: Certificate) -> str:
    """The page that says what a certificate is worth, always the one without language prefix."""
    with override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{reverse('certificates:check', args=[certificate.code])}"


def certificate_pdf(certificate: Certificate) -> bytes:
    """The PDF, Chinese whatever the language of the caller. A private one carries no code to scan: strangers would
    find nothing. Raises foundation.fonts.PdfUnavailable."""
    with override(settings.LANGUAGE_CODE):
        path, side = qr_lines(check_address(certificate)) if not certificate.is_private else ("", 0)
        typed = f"{settings.SITE_URL}{reverse('certificates:look-up')}"
        context = {"certificate": certificate, "qr_path": path, "qr_side": side, "typed": typed}
        html = render_to_string("certificates/pdf/certificate.html", context)
        css = get_template("certificates/pdf/certificate.css").render()
    return render_pdf(html=html, css=css, pdf_variant="pdf/ua-1")
