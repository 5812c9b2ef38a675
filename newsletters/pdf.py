"""An issue on A4: red masthead, serif body in one column, page numbers, matrix, imprint."""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.utils.translation import override

from foundation.fonts import render_pdf
from newsletters.models import IssuePage


@dataclass(frozen=True, slots=True)
class Document:
    """What an issue looks like at this moment, before it is set. `path` is where its PDF is kept."""

    html: str
    css: str
    path: str


def document_of(issue: IssuePage, *, with_matrix: bool) -> Document:
    """The issue as HTML for paper. A case that came down, or a matrix that is not for the reader, gives another path.

    Chinese whatever the language of the caller.
    """
    with override(settings.LANGUAGE_CODE):
        matrix = issue.matrix() if with_matrix else None
        html = render_to_string(
            "newsletters/pdf/issue.html", {"page": issue, "sections": issue.reading(), "matrix": matrix}
        )
        css = get_template("newsletters/pdf/issue.css").render()
    digest = hashlib.sha256(f"{css}\0{html}".encode()).hexdigest()
    return Document(html, css, f"bulletins/{issue.pk}-{digest[:32]}.pdf")


def set_document(document: Document) -> bytes:
    """The PDF. Raises foundation.fonts.PdfUnavailable where the system libraries are missing."""
    return render_pdf(html=document.html, css=document.css)
