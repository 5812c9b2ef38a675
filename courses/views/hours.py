"""One's own credit hours, to read and to take along."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import SignedInRequest
from courses.queries.hours import hours_of
from foundation.fonts import PdfUnavailable, render_pdf
from organisations.queries import home_organisation


@login_required
@require_safe
@never_cache
def hours(request: SignedInRequest) -> HttpResponse:
    """Year by year."""
    context = {"years": hours_of(request.user), "crumbs": [{"word": _("Credit hours"), "url": ""}]}
    return render(request, "courses/hours.html", context)


@login_required
@require_safe
@never_cache
def record_pdf(request: SignedInRequest) -> HttpResponse:
    """The same on A4, with name and unit. 503 where PDFs cannot be made."""
    context = {
        "person": request.user.get_full_name(),
        "unit": home_organisation(request.user),
        "years": hours_of(request.user),
        "today": timezone.localdate(),
    }
    html = render_to_string("courses/pdf/hours.html", context)
    try:
        data = render_pdf(html=html, css=get_template("courses/pdf/hours.css").render())
    except PdfUnavailable:
        return HttpResponse(_("PDFs cannot be made on this machine now."), status=503, content_type="text/plain")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="credit-hours.pdf"'
    return response
