"""Read, decide, sign; and the signer's own letters."""

import logging
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import SignedInRequest
from foundation.audit.actions import current_address
from pledges import actions, queries, steps
from pledges.forms import SignForm
from pledges.models import Letter, LetterVersion
from pledges.pdf import address_of

logger = logging.getLogger(__name__)


def opened_at(request: HttpRequest, what: str) -> datetime:
    """When this browser first showed the letter `what`: our clock, kept in the session."""
    key = f"pledges.opened:{what}"
    seen = parse_datetime(request.session.get(key, ""))
    if seen is None:
        seen = timezone.now()
        request.session[key] = seen.isoformat()
    return seen


def reading_of(
    request: HttpRequest, what: str, *, method: str, typed_name: str, read_after: int | None
) -> actions.Reading:
    """The evidence of this request. `read_after` is the browser's count of milliseconds to the end of the letter; it
    is believed only if it fits between opening and now."""
    opened, now = opened_at(request, what), timezone.now()
    end = opened + timedelta(milliseconds=min(read_after, 86_400_000)) if read_after is not None else None
    return actions.Reading(
        opened_at=opened,
        confirmed=True,
        typed_name=typed_name,
        method=method,
        read_to_end_at=end if end is not None and end <= now else None,
        address=current_address.get(),
        user_agent=request.headers.get("User-Agent", ""),
    )


@never_cache
@login_required
def sign(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """The letter of a step: read it, see what would be public, decide, sign. Signed already: its own page."""
    gate = steps.enter(user=request.user, step_public_id=step_public_id, reading=request.method == "GET")
    signed = queries.letter_of_step(gate.enrolment.pk, gate.step.pk)
    if signed is not None:
        return redirect("pledges:own", signed.public_id)
    version = queries.version_of_step(gate.step.pk)
    if version is None:
        return render(request, "pledges/not_ready.html", {"step": gate.step}, status=404)
    return _sign(request, gate, version)


def _sign(request: SignedInRequest, gate: steps.OpenStep, version: LetterVersion) -> HttpResponse:
    """Show the form, or sign and go to the letter."""
    offered = queries.offered_visibilities(version=version, signer=request.user, unit=gate.enrolment.organisation)
    form = SignForm(request.POST or None, request=request, version=version, offered=offered)
    opened_at(request, gate.step.public_id)
    status = 200
    if request.method == "POST":
        letter = _signed(request, gate, form) if form.is_valid() else None
        if letter is not None:
            return redirect("pledges:own", letter.public_id)
        status = 409 if form.errors and "__all__" in form.errors else 400
        logger.info("signing refused for user %s: %s", request.user.pk, sorted(form.errors))
    context = {
        "form": form,
        "step": gate.step,
        "version": version,
        "template": version.template,
        "signer": request.user,
        "unit": gate.enrolment.organisation,
        "offered": offered,
        "may_be_public": offered != ("none",),
        "valid_until": _valid_until(version),
        "crumbs": [{"word": _("My letters"), "url": "/pledges/"}, {"word": gate.step.local_title}],
    }
    return render(request, "pledges/sign.html", context, status=status)


def _valid_until(version: LetterVersion) -> datetime | None:
    days = version.template.validity_days
    return timezone.localtime() + timedelta(days=days) if days else None


def _signed(request: SignedInRequest, gate: steps.OpenStep, form: SignForm) -> Letter | None:
    """Sign; a refusal becomes an error of the form."""
    data = form.cleaned_data
    reading = reading_of(
        request,
        gate.step.public_id,
        method="session" if form.is_class else "password",
        typed_name=data.get("typed_name", ""),
        read_after=data.get("read_after"),
    )
    try:
        return actions.sign_letter(
            opened=gate, visibility=form.visibility_chosen, reading=reading, version_digest=data["digest"]
        )
    except actions.SignatureRefused as refusal:
        form.add_error(None, str(refusal))
        return None


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
    """The signer's view of one letter: all of it, how it was signed, where its publication stands."""
    letter = _own(request, public_id)
    assert letter.version is not None  # it has a signer
    template = letter.version.template
    context = {
        "letter": letter,
        "template": template,
        "address": address_of(public_id),
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
