"""The A4 form of an issue."""

from django.core.files.storage import storages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from foundation.fonts import pdf_available
from newsletters import actions
from newsletters.models import IssuePage
from newsletters.pdf import document_of

WAIT_SECONDS = 5


def issue_pdf(request: HttpRequest, issue: IssuePage) -> HttpResponse:
    """The PDF, with the matrix for those who may see it; 503 with a page while it is being made or cannot be."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    with_matrix = issue.matrix_visible_to(request.user)
    path = document_of(issue, with_matrix=with_matrix).path
    if storages["private"].exists(path):
        # Not a FileResponse: Wagtail takes nothing but an HttpResponse from a hook.
        with storages["private"].open(path) as file:
            response = HttpResponse(file.read(), content_type="application/pdf")
        name = f"{issue.masthead}-{issue.year}-{issue.number}.pdf"
        response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
        response["Cache-Control"] = "private, no-cache"
        return response
    available = pdf_available()
    if available.ok:
        actions.request_pdf(issue=issue, with_matrix=with_matrix)
    context = {"page": issue, "can_be_made": available.ok}
    waiting = render(request, "newsletters/pdf_wait.html", context, status=503)
    waiting["Retry-After"] = str(WAIT_SECONDS)
    return waiting
