"""A published letter on one A4 page, after the look of GB/T 9704-2012 (side margins 28 and 26 mm)."""

from collections.abc import Mapping

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.translation import override

from foundation.drawing import qr_lines, seal_path
from foundation.fonts import render_pdf
from pledges import keys, pdf_seals
from pledges.models import Holder, Letter
from pledges.queries import PublicLetter

MATTER = "pledges/pdf/letter.html"
COPY = "pledges/pdf/copy.html"
STYLE = "pledges/pdf/letter.css"


def address_of(public_id: str) -> str:
    """The full address of a letter's page, always the one without language prefix."""
    with override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{reverse('pledges:letter', args=[public_id])}"


def check_address(letter: PublicLetter) -> str:
    """The page that checks a letter, as its QR code carries it: with its place in the log and its commitment, which
    are not sent to the server and which the page compares with what it is given."""
    with override(settings.LANGUAGE_CODE):
        address = f"{settings.SITE_URL}{reverse('pledges:check', args=[letter.public_id])}"
    return f"{address}#i={letter.place}&c={letter.commitment}" if letter.in_log else address


def checking_address() -> str:
    """Where a reader of paper types the code."""
    return f"{settings.SITE_URL}{reverse('pledges:verify')}"


def letter_pdf(letter: PublicLetter, *, attached: Mapping[str, bytes]) -> bytes:
    """The PDF of `letter`: what is public, and nothing else; its record and proof are `attached` by name.
    Sealed, tagged (PDF/UA-1), in the language that it was signed in, whatever the caller's.

    Raises foundation.fonts.PdfUnavailable where the system libraries are missing.
    """
    with override(letter.language):
        address = address_of(letter.public_id)
        path, side = qr_lines(check_address(letter))
        marks = {"qr_path": path, "qr_side": side, "seal_path": seal_path(letter.digest)}
        html = render_to_string(MATTER, {"letter": letter, "address": address, "check": checking_address(), **marks})
        css = get_template(STYLE).render()
    seal = keys.pdf_seal()
    data = render_pdf(html=html, css=css, attached=attached, finisher=seal.finish, pdf_variant="pdf/ua-1")
    sealed = seal.close(data)
    if seal.stamper is None:
        return sealed
    from foundation.pdftime import keep_for_long  # pyHanko's reader only where it is used

    return keep_for_long(sealed, stamper=seal.stamper, trust=pdf_seals.seal_trust())


def copies_pdf(letter: Letter) -> dict[str, bytes]:
    """The two copies of a letter, whole and with the signer's name, by holder. Private: never served to the public.

    Raises foundation.fonts.PdfUnavailable where the system libraries are missing.
    """
    seal = keys.pdf_seal()
    css = get_template(STYLE).render()
    made = {}
    with override(letter.record.locale):
        for number, holder in enumerate((Holder.SIGNER, Holder.UNIT), 1):
            context = {"letter": letter, "record": letter.record, "number": number, "holder": holder}
            html = render_to_string(COPY, context)
            data = render_pdf(html=html, css=css, attached={}, finisher=seal.finish, pdf_variant="pdf/ua-1")
            made[holder.value] = seal.close(data)
    return made
