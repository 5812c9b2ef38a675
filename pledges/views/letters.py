"""The signer's own letters: look at them, renew, withdraw, object; and the copies that are kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SignedInRequest
from pledges import actions, queries
from pledges.forms import ObjectionForm
from pledges.models import Copy, Holder, Letter
from pledges.pdf import address_of

PAGE_SIZE = 20


@never_cache
@login_required
def my_letters(request: SignedInRequest) -> HttpResponse:
    """Everything that the signed-in person has signed."""
    context = {"letters": queries.letters_of(request.user), "crumbs": [{"word": _("My letters")}]}
    return render(request, "pledges/my_letters.html", context)


def _own(request: SignedInRequest, public_id: str) -> Letter:
    letter = queries.own_letter(request.user, public_id)
    if letter is None:
        raise Http404(public_id)
    return letter


@never_cache
@login_required
def my_letter(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The signer's view of one letter: all of it, how it was signed, where its publication stands, what can be done."""
    letter = _own(request, public_id)
    assert letter.version is not None  # it has a signer
    template = letter.version.template
    today = timezone.localdate()
    context = {
        "letter": letter,
        "template": template,
        "address": address_of(public_id),
        "history": queries.happenings_of(letter),
        "renewal": queries.renewal_of(letter),
        "is_renewable": queries.is_renewable(letter, request.user, today),
        "objections": letter.objections.filter(by_id=request.user.pk).order_by("-pk"),
        "copy": Copy.objects.filter(letter=letter, holder=Holder.SIGNER).first(),
        "crumbs": [{"word": _("My letters"), "url": "/pledges/"}, {"word": template.local_title}],
    }
    return render(request, "pledges/my_letter.html", context)


@require_POST
@login_required
def withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take a letter back."""
    letter = _own(request, public_id)
    try:
        actions.withdraw_letter(by=request.user, letter=letter)
    except actions.NotWithdrawable as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The letter is withdrawn. Its address says so, and nothing else."))
    return redirect("pledges:own", public_id)


@never_cache
@login_required
def object_to(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say what is wrong with one's own letter; from then on it is marked as being checked."""
    letter = _own(request, public_id)
    form = ObjectionForm(request.POST or None, is_known=True)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.file_objection(letter=letter, by=request.user, text=form.cleaned_data["text"])
        except actions.NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("pledges:objection", made.code)
    context = {"form": form, "letter": letter, "crumbs": [{"word": _("My letters"), "url": "/pledges/"},
               {"word": _("Object")}]}  # fmt: skip
    return render(request, "pledges/object.html", context, status=400 if form.errors else 200)


@never_cache
@login_required
def objection(request: SignedInRequest, code: str) -> HttpResponse:
    """Where one's own objection stands, with its clock, and the answer."""
    found = get_object_or_404(queries.objections_of(request.user), code=code)
    today = timezone.localdate()
    context = {
        "objection": found,
        "days_left": queries.days_left(found, today),
        "days_late": queries.days_late(found, today),
        "crumbs": [{"word": _("My letters"), "url": "/pledges/"}, {"word": _("Objection")}],
    }
    return render(request, "pledges/objection.html", context)


def _file(copy: Copy) -> FileResponse:
    handle = storages["private"].open(copy.file)
    return FileResponse(handle, content_type="application/pdf", filename=f"{copy.letter.public_id}.pdf")


@require_safe
@never_cache
@login_required
def my_copy(request: SignedInRequest, public_id: str) -> FileResponse:
    """The signer's copy of a letter."""
    return _file(get_object_or_404(Copy, letter=_own(request, public_id), holder=Holder.SIGNER))


@never_cache
@login_required
def copies(request: SignedInRequest) -> HttpResponse:
    """The copies that one's units file."""
    found = queries.copies_of(request.user)
    if not found and not queries.decides(request.user) and not queries.leads_any(request.user):
        raise PermissionDenied
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "pledges/copies.html", {"page": page, "crumbs": [{"word": _("Filed copies")}]})


@require_safe
@never_cache
@login_required
def filed_copy(request: SignedInRequest, public_id: str) -> FileResponse:
    """The unit's copy of a letter."""
    return _file(get_object_or_404(queries.copies_of(request.user), letter__public_id=public_id))
