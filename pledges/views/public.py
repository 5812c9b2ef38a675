"""What everybody may see of one letter: its page, its files, the keys that sign it."""

import logging
from collections.abc import Callable

from allauth.core import ratelimit
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.ledger.queries import witnessing
from pledges import actions, pdf_seals, queries
from pledges.forms import ObjectionForm
from pledges.models import Letter
from pledges.pdf import address_of, check_address
from pledges.queries import PublicLetter, Tombstone
from tlog.leaf import canonical
from tlog.proof import LogProof

logger = logging.getLogger(__name__)


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
    facts = queries.afterwards_of(public_id)
    context = {
        "letter": found,
        "afterwards": facts,
        "witnessing": witnessing(),
        "address": address_of(public_id),
        "check_address": check_address(found),
        "crumbs": [
            {"word": _("Commitment letters"), "url": reverse("pledges:registry")},
            {"word": found.name or found.unit},
        ],
    }
    return render(request, "pledges/letter.html", context)


def public_objection(request: HttpRequest, public_id: str) -> HttpResponse:
    """Anybody says what is wrong with a published letter; the accepting unit answers within five working days."""
    found = _found(public_id)
    user = request.user if request.user.is_authenticated else None
    form = ObjectionForm(request.POST or None, is_known=user is not None)
    if request.method == "POST" and not ratelimit.consume(request, action="file_objection"):
        form.add_error(None, _("Too many tries. Wait a minute, then try again."))
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.file_objection(letter=Letter.objects.get(public_id=public_id), by=user, **form.cleaned_data)
        except actions.NotPossible as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "letter": found, "made": made, "crumbs": [
        {"word": found.title, "url": reverse("pledges:letter", args=[public_id])}, {"word": _("Object")}]}  # fmt: skip
    return render(request, "pledges/public_objection.html", context, status=400 if form.errors else 200)


@require_safe
def letter_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """The public record with its issuer's proof, byte for byte as it went into the log."""
    record = queries.public_record(public_id)
    if record is None:
        raise Http404(public_id)
    return _as_file(record.body.encode(), "application/vc+ld+json; charset=utf-8")


@require_safe
def letter_proof(request: HttpRequest, public_id: str) -> HttpResponse:
    """The proof that the public log has the record (c2sp.org/tlog-proof); 404 until it is in there."""
    record = queries.public_record(public_id)
    if record is None:
        raise Http404(public_id)
    return _as_proof(lambda: queries.proof_of(record))


@require_safe
def statement_json(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """What was said of a letter later, with its issuer's proof, byte for byte as it went into the log."""
    found = queries.statement(public_id, number)
    if found is None:
        raise Http404(public_id)
    return _as_file(found.body.encode(), "application/vc+ld+json; charset=utf-8")


@require_safe
def statement_proof(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The proof that the public log has it; 404 until it is in there."""
    found = queries.statement(public_id, number)
    if found is None:
        raise Http404(public_id)
    return _as_proof(lambda: queries.statement_proof(found))


@require_safe
def issuer_document(request: HttpRequest) -> HttpResponse:
    """The public keys that sign records: the did:web document of this site."""
    return _as_file(canonical(queries.issuer_document()), "application/did+json; charset=utf-8")


@require_safe
def seal_chain(request: HttpRequest) -> HttpResponse:
    """The certificates of the seal of PDFs, for whoever wants to trust them."""
    chain = pdf_seals.chain_pem()
    if chain is None:
        raise Http404("no seal yet")
    return _as_file(chain, "application/pem-certificate-chain")


@require_safe
def seal_list(request: HttpRequest) -> HttpResponse:
    """The list of revoked certificates that the seal's certificate points to."""
    revoked = pdf_seals.revoked_list()
    if revoked is None:
        raise Http404("no list here")
    return _as_file(revoked, "application/pkix-crl")


def _as_proof(prove: Callable[[], LogProof]) -> HttpResponse:
    """The proof as a file. Raises Http404 until the log has it."""
    try:
        return _as_file(prove().text().encode(), "text/plain; charset=utf-8")
    except queries.NotYet as reason:
        raise Http404(str(reason)) from None


def _as_file(data: bytes, kind: str) -> HttpResponse:
    """Public data that programs of other sites may read, too."""
    response = HttpResponse(data, content_type=kind)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    return response


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
    file, media_type = queries.scan_of(public_id)
    handle = storages["private"].open(file)
    return FileResponse(handle, content_type=media_type, as_attachment=True, filename=f"{public_id}-scan")
