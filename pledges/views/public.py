"""What everybody may see: the registry, a letter, the check of a code."""

import csv
import logging
from typing import Any

from django.core.files.storage import storages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges import queries
from pledges.contracts import CODE_LENGTH, read_code
from pledges.exports import public_record
from pledges.forms import RegistryForm
from pledges.models import Letter
from pledges.pdf import address_of
from pledges.queries import PublicLetter, Tombstone

logger = logging.getLogger(__name__)
PAGE_SIZE = 20
# What makes a spreadsheet calculate (OWASP ASVS 1.2.10), the full-width forms of Chinese keyboards too.
FORMULA_SIGNS = ("=", "+", "-", "@", "|", "\t", "\r", "\0", "＝", "＋", "－", "＠")


def _page(request: HttpRequest) -> tuple[RegistryForm, Page[Letter]]:
    """The filters and the page that the query string asks for; a page that does not exist is the last one."""
    form = RegistryForm(request.GET, years=queries.registry_years())
    paginator = Paginator(queries.find_public(**form.filters), PAGE_SIZE)
    return form, paginator.get_page(request.GET.get("page"))


@require_safe
def registry(request: HttpRequest) -> HttpResponse:
    """Published letters, newest first, with filters in the address."""
    form, page = _page(request)
    context = {
        "form": form,
        "page": page,
        "query": request.GET.urlencode(),
        "crumbs": [{"word": _("Commitment letters")}],
    }
    return render(request, "pledges/registry.html", context)


@require_safe
def registry_csv(request: HttpRequest) -> HttpResponse:
    """The same page of the list as a table file (UTF-8 with mark, so that spreadsheets read the Chinese)."""
    _form, page = _page(request)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="letters.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [_("Pledged by"), _("Unit"), _("Letter"), _("Pledge code"), _("Made on"), _("Valid until"), _("Address")]
    )
    for letter in page:
        record = letter.record
        cells = [record.public_name, record.public_unit, record.title, f"\t{letter.code}", letter.made_on]
        writer.writerow([*(_harmless(cell) for cell in cells), letter.valid_until or "", address_of(letter.public_id)])
    return response


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet will not run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def _found(public_id: str) -> PublicLetter:
    """The published letter. Raises Http404 for unknown, non-public, not yet published and withdrawn alike."""
    found = queries.public_letter(public_id)
    if not isinstance(found, PublicLetter):
        raise Http404(public_id)
    return found


@require_safe
def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """A published letter; the tombstone of one that was withdrawn; otherwise there is nothing here."""
    found = queries.public_letter(public_id)
    if isinstance(found, Tombstone):
        return render(request, "pledges/tombstone.html", {"letter": found}, status=410)
    if found is None:
        raise Http404(public_id)
    context = {
        "letter": found,
        "address": address_of(public_id),
        "crumbs": [
            {"word": _("Commitment letters"), "url": reverse("pledges:registry")},
            {"word": found.name or found.unit},
        ],
    }
    return render(request, "pledges/letter.html", context)


@require_safe
def letter_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """The public record in the field names of the national layout."""
    record = public_record(_found(public_id), address=address_of(public_id))
    return JsonResponse(record, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def letter_pdf(request: HttpRequest, public_id: str) -> HttpResponse | FileResponse:
    """The PDF; 404 with a page that says so while it is still being made."""
    _found(public_id)
    stored = queries.pdf_of(public_id)
    if stored is None:
        return render(request, "pledges/pdf_waits.html", {"public_id": public_id}, status=404)
    handle = storages["private"].open(stored.file)
    return FileResponse(handle, content_type="application/pdf", filename=f"{public_id}.pdf")


@require_safe
def letter_scan(request: HttpRequest, public_id: str) -> FileResponse:
    """The stamped scan of an organisation's letter, if the handler let it be public. Never shown inside our pages."""
    if not _found(public_id).has_scan:
        raise Http404(public_id)
    signing = queries.scan_of(public_id)
    handle = storages["private"].open(signing.scan)
    return FileResponse(handle, content_type=signing.scan_type, as_attachment=True, filename=f"{public_id}-scan")


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Enter a code: on to the letter, or a plain "not found" that is the same for absent, non-public and withdrawn."""
    typed = request.GET.get("code", "").strip()[:60]
    found = queries.look_up(typed) if typed else None
    if found:
        return redirect("pledges:letter", found)
    code = read_code(typed)
    context = {
        "typed": typed,
        "has_confusable": any(sign in code for sign in "01OI"),
        "has_wrong_length": bool(code) and len(code) not in (CODE_LENGTH, 20),
        "crumbs": [{"word": _("Verify")}],
    }
    return render(request, "pledges/verify.html", context, status=404 if typed else 200)
