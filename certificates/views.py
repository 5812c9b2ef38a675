"""One's own certificates, those of one's units, and the check that anybody can make."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SignedInRequest
from certificates import actions, queries
from certificates.forms import FilterForm, RevokeForm
from certificates.models import Certificate, State
from certificates.pdf import certificate_pdf, check_address
from foundation.fonts import PdfUnavailable
from foundation.workbook import workbook

PAGE_SIZE, MOST_ROWS = 50, 20_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _crumbs(*more: str) -> list[dict[str, str]]:
    learning = {"word": _("My learning"), "url": reverse("programmes:my-learning")}
    first = {"word": _("Certificates"), "url": reverse("certificates:mine") if more else ""}
    return [learning, first, *({"word": word, "url": ""} for word in more)]


@never_cache
@require_safe
@login_required
def mine(request: SignedInRequest) -> HttpResponse:
    """All certificates of the signed-in person, year by year, the old ones too."""
    rows = list(queries.certificates_of(request.user))
    years = [(year, list(group)) for year, group in groupby(rows, key=lambda row: row.issued_on.year)]
    return render(request, "certificates/mine.html", {"years": years, "crumbs": _crumbs()})


@never_cache
@require_safe
@login_required
def own(request: SignedInRequest, code: str) -> HttpResponse:
    """One of one's own."""
    found = get_object_or_404(queries.certificates_of(request.user), code=code)
    renewal = queries.certificates_of(request.user).filter(renews=found).first()
    context = {
        "certificate": found, "address": check_address(found), "renewal": renewal, "crumbs": _crumbs(found.local_title)
    }  # fmt: skip
    return render(request, "certificates/own.html", context)


@never_cache
@require_safe
@login_required
def pdf(request: SignedInRequest, code: str) -> HttpResponse:
    """The paper, for its holder and who leads them. 503 where PDFs cannot be made."""
    found = queries.certificates_of(request.user).filter(code=code).first()
    found = found or get_object_or_404(queries.seen_by(request.user), code=code)
    try:
        data = certificate_pdf(found)
    except PdfUnavailable:
        return HttpResponse(_("PDFs cannot be made on this machine now."), status=503, content_type="text/plain")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{found.code}.pdf"'
    return response


@require_POST
@login_required
def name(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the whole name to who checks it, or not."""
    found = get_object_or_404(queries.certificates_of(request.user).select_related("holder"), code=code)
    shown = request.POST.get("shown") == "yes"
    try:
        actions.choose_name(certificate=found, shown=shown)
    except actions.NameStaysHidden:
        messages.warning(request, _("Nobody outside can check this certificate, so nobody sees the name."))
    else:
        said = _("Whoever checks it now reads your whole name.") if shown else _("Your name is masked now.")
        messages.success(request, said)
    return redirect("certificates:own", code)


def _check(request: HttpRequest, typed: str) -> HttpResponse:
    """The same answer, as quickly and as often, for what is absent, private and erased."""
    context: dict[str, Any] = {"typed": typed, "crumbs": [{"word": _("Check a certificate"), "url": ""}]}
    status = 200
    if typed:
        if not ratelimit.consume(request, app="allauth.account", action="check_certificate", limit_get=True):
            return render(request, "certificates/check.html", context | {"is_busy": True}, status=429)
        context["found"] = queries.check(typed, request.user)
        status = 200 if context["found"] else 404
    response = render(request, "certificates/check.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Type a number."""
    return _check(request, request.GET.get("number", "").strip()[:60])


@never_cache
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR code on the paper leads to."""
    return _check(request, code[:60])


def _listed(request: SignedInRequest) -> tuple[FilterForm, Any]:
    """The filters as they stand in the address, and what they leave. Raises PermissionDenied for who leads nobody."""
    if not queries.oversees(request.user):
        raise PermissionDenied
    seen = queries.seen_by(request.user)
    form = FilterForm(request.GET, programmes=queries.programmes_among(seen))
    given = [request.GET.get(field, "").strip()[:60] for field in ("q", "programme", "state")]
    return form, queries.chosen(seen, queries.Choice(*given), timezone.localdate())


@never_cache
@require_safe
@login_required
def office(request: SignedInRequest) -> HttpResponse:
    """Certificates of one's units, newest first."""
    form, found = _listed(request)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "query": request.GET.urlencode(),
        "crumbs": [{"word": _("Certificates of my units"), "url": ""}],
    }  # fmt: skip
    return render(request, "certificates/office.html", context)


@never_cache
@require_safe
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """The same list as a workbook. It is written down who took it."""
    _form, found = _listed(request)
    rows = list(found[:MOST_ROWS])
    actions.note_export(by=request.user, count=len(rows))
    response = HttpResponse(workbook([(_("Certificates"), _rows(rows))]), content_type=EXCEL)
    response["Content-Disposition"] = 'attachment; filename="certificates.xlsx"'
    return response


def _rows(found: list[Certificate]) -> Iterator[list[Any]]:
    head = [pgettext("certificate", "Number"), _("Name"), _("Unit"), _("Programme"), _("Credit hours"), _("Issued on")]
    yield [*head, _("Valid until"), _("State"), _("Reason")]
    for row in found:
        revocation = getattr(row, "revocation", None)
        reason = revocation.get_reason_display() if revocation else ""
        yield [row.code, row.holder_name, row.unit_name, row.title, row.credit_hours, row.issued_on, row.valid_until,
               State(row.state).label, reason]  # fmt: skip


@never_cache
@login_required
def office_certificate(request: SignedInRequest, code: str) -> HttpResponse:
    """One certificate of one's units, and the form that revokes it."""
    found = get_object_or_404(queries.seen_by(request.user).select_related("revocation__revoked_by"), code=code)
    may_revoke = queries.may_revoke(request.user, found)
    form = RevokeForm(request.POST or None)
    if request.method == "POST":
        if not may_revoke:
            raise PermissionDenied
        if form.is_valid() and _revoke(request, found, form):
            return redirect("certificates:office-certificate", code)
    crumbs = [
        {"word": _("Certificates of my units"), "url": reverse("certificates:office")},
        {"word": found.shown_code, "url": ""},
    ]
    context = {"certificate": found, "form": form, "may_revoke": may_revoke, "crumbs": crumbs}
    return render(request, "certificates/office_certificate.html", context, status=400 if form.errors else 200)


def _revoke(request: SignedInRequest, certificate: Certificate, form: RevokeForm) -> bool:
    try:
        actions.revoke_certificate(by=request.user, certificate=certificate, **form.cleaned_data)
    except actions.AlreadyRevoked:
        messages.warning(request, _("It was revoked already."))
    else:
        messages.success(request, _("Revoked. Whoever checks it reads so from now on, and the holder was told."))
    return True
