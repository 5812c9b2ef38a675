"""Guardians' answers: the letter to print, the grid for the class, and what happens when one withdraws."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from foundation.audit.actions import look
from organisations import actions
from organisations.forms.consents import AnswersForm
from organisations.models import ConsentBatch, ConsentText, Organisation
from organisations.queries import consents as found
from organisations.queries.boards import free_seats
from organisations.views.classes import class_crumbs, class_or_404


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: SignedInRequest, code: str) -> HttpResponse:
    """The answers of the class. What is entered is shown once more before it counts."""
    unit = class_or_404(request, code)
    do = request.POST.get("do", "")
    if do == "undo":
        return _undo(request, unit)
    if do == "withdraw":
        return _withdraw(request, unit)
    children = found.children_waiting(unit)
    texts = found.texts()
    initial = {"given_on": timezone.localdate(), "text_version": texts[0].version if texts else ""}
    form = AnswersForm(request.POST if do else None, children=children, texts=texts, initial=initial)
    is_looking = False
    if do in ("look", "apply") and form.is_valid():
        if do == "apply":
            return _apply(request, unit, form)
        is_looking = True
    status = 400 if do and form.errors else 200
    context = _context(unit, form, is_looking)
    if context["rows"]:
        people = {"people": len(context["rows"])}
        look(
            by=request.user,
            page="organisations.answers",
            target=f"organisations.Organisation:{unit.pk}",
            details=people,
        )
    return render(request, "organisations/consents.html", context, status=status)


def _context(unit: Organisation, form: AnswersForm, is_looking: bool) -> dict[str, Any]:
    everybody = found.children_of(unit)
    states = found.consent_states([child for _seat, child in everybody])
    return {
        "unit": unit,
        "form": form,
        "is_looking": is_looking,
        "answers": form.answers() if is_looking else [],
        "rows": [(seat, child, states[child.pk]) for seat, child in everybody],
        "waiting": sum(state == found.MISSING for state in states.values()),
        "batches": found.batches_of(unit),
        "days": settings.CONSENT_GRACE_DAYS,
        "crumbs": class_crumbs(unit, _("Guardians’ answers")),
    }


def _apply(request: SignedInRequest, unit: Organisation, form: AnswersForm) -> HttpResponse:
    try:
        batch = actions.record_answers(
            by=request.user,
            school_class=unit,
            answers=form.answers(),
            text_version=form.cleaned_data["text_version"],
            given_at=form.given_at(),
        )
    except (actions.NothingAnswered, ValidationError):
        messages.error(request, _("These answers had been entered already."))
    else:
        messages.success(
            request,
            _("Entered: %(yes)s agree, their accounts are open; %(no)s say no.")
            % {"yes": batch.agreed, "no": batch.refused},
        )
    return redirect("organisations:consents", unit.code)


def _undo(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    batch = get_object_or_404(ConsentBatch, organisation=unit, public_id=request.POST.get("batch", ""))
    try:
        actions.undo_answers(by=request.user, batch=batch)
    except actions.AnswersUsed:
        messages.error(request, _("They stay: one of these answers was changed since."))
    else:
        messages.success(request, _("Taken back: the accounts are closed as before."))
    return redirect("organisations:consents", unit.code)


def _withdraw(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    child = next(
        (child for _seat, child in found.children_of(unit) if child.public_id == request.POST.get("child")), None
    )
    try:
        if child is not None:
            actions.withdraw_for_guardian(by=request.user, child=child)
            text = _("Withdrawn. The account is closed now; after %(n)s days nothing names the child any more.")
            messages.success(request, text % {"n": settings.CONSENT_GRACE_DAYS})
    except actions.NoConsent:
        messages.warning(request, _("It was withdrawn already."))
    return redirect("organisations:consents", unit.code)


@login_required
@never_cache
@require_safe
def letter(request: SignedInRequest, code: str) -> HttpResponse:
    """告家长书: one sheet a child with the slip to tear off, in the version asked for or the newest."""
    unit = class_or_404(request, code)
    texts = found.texts()
    text = next((row for row in texts if row.version == request.GET.get("version")), texts[0] if texts else None)
    children = found.children_of(unit) if "all" in request.GET else found.children_waiting(unit)
    blank = [(seat, None) for seat in free_seats(unit)] if "all" in request.GET else []
    context = {
        "unit": unit,
        "text": text,
        "texts": texts,
        "paragraphs": paragraphs(text),
        "sheets": [*children, *blank],
        "is_all": "all" in request.GET,
        "crumbs": class_crumbs(unit, _("Letter to parents")),
    }
    return render(request, "organisations/consent_letter.html", context)


def paragraphs(text: ConsentText | None) -> list[tuple[bool, str]]:
    """(whether it is a heading, the words) for every line."""
    lines = [line.strip() for line in (text.body if text else "").splitlines() if line.strip()]
    return [(line.startswith("#"), line.lstrip("# ")) for line in lines]
