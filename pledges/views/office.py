"""What accepting units and the credit office do with letters: objections, fulfilment, corrections, ends."""

import json
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts.models import SignedInRequest
from foundation.audit.actions import look
from foundation.audit.views import EVERYBODY
from pledges import actions, queries
from pledges.forms import CorrectionForm, DecisionForm, EndForm, EvidenceForm, FulfilmentForm, InvalidForm
from pledges.models import Letter, Objection, SealedEvidence
from tlog.errors import TlogError

PAGE_SIZE = 20


def _crumbs(*more: str) -> list[dict[str, str]]:
    first = {"word": _("Letters of my unit"), "url": "/pledges/office/"}
    return [first, *({"word": word} for word in more)] if more else [{"word": first["word"]}]


@never_cache
@login_required
def office(request: SignedInRequest) -> HttpResponse:
    """Objections with their clocks, and the letters of one's unit."""
    if not queries.decides(request.user):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:60]
    today = timezone.localdate()
    waiting = queries.objections_for(request.user)
    page = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("objections"))
    clocks = [(row, queries.days_left(row, today), queries.days_late(row, today)) for row in page]
    letters = Paginator(queries.office_letters(request.user, text=text), PAGE_SIZE).get_page(request.GET.get("page"))
    if letters.object_list:
        look(by=request.user, page="pledges.letters", target=EVERYBODY, details={"letters": len(letters.object_list)})
    context = {
        "objections": page, "clocks": clocks, "letters": letters, "text": text, "crumbs": _crumbs(),
        "keeps_systems": queries.system_units(request.user).exists(),
    }  # fmt: skip
    return render(request, "pledges/office.html", context)


def _objection(request: SignedInRequest, code: str) -> Objection:
    return get_object_or_404(queries.objections_for(request.user), code=code)


@never_cache
@login_required
def office_objection(request: SignedInRequest, code: str) -> HttpResponse:
    """One objection: read it, take it up, answer it."""
    found = _objection(request, code)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_objection(by=request.user, objection=found, **form.cleaned_data)
        except (actions.NotPossible, actions.NotYours) as refusal:
            form.add_error(None, _words(refusal))
        else:
            messages.success(request, _("Answered."))
            return redirect("pledges:office-objection", code)
    today = timezone.localdate()
    look(by=request.user, page="pledges.objection", target=f"pledges.Objection:{found.pk}")
    context = {
        "objection": found, "letter": found.letter, "form": form, "crumbs": _crumbs(_("Objection")),
        "days_left": queries.days_left(found, today), "days_late": queries.days_late(found, today),
        "is_own": request.user.pk in (found.by_id, found.letter.signer_id),
    }  # fmt: skip
    return render(request, "pledges/office_objection.html", context, status=400 if form.errors else 200)


def _words(refusal: Exception) -> str:
    own = isinstance(refusal, actions.NotYours)
    return _("Somebody else must decide this: it is your own letter or objection.") if own else str(refusal)


@require_POST
@login_required
def take_up(request: SignedInRequest, code: str) -> HttpResponse:
    """Begin to check an objection from outside."""
    try:
        actions.take_up_objection(by=request.user, objection=_objection(request, code))
    except (actions.NotPossible, actions.NotYours) as refusal:
        messages.warning(request, _words(refusal))
    return redirect("pledges:office-objection", code)


def _letter(request: SignedInRequest, public_id: str) -> Letter:
    found = queries.office_letters(request.user).select_related("evidence").filter(public_id=public_id).first()
    if found is None:
        raise Http404(public_id)
    return found


def _do(request: SignedInRequest, letter: Letter, form: forms.Form, name: str) -> bool:
    """Call the action of one of the forms; a refusal becomes an error of it."""
    what: dict[str, Callable[..., object]] = {
        "fulfilment": actions.record_fulfilment,
        "correction": actions.correct_letter,
        "invalid": actions.invalidate_letter,
        "end": actions.end_letter,
    }
    try:
        what[name](by=request.user, letter=letter, **form.cleaned_data)
    except (actions.NotPossible, actions.NotYours) as refusal:
        form.add_error(None, _words(refusal))
        return False
    return True


@never_cache
@login_required
def office_letter(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One letter of one's unit, and everything that the unit can do with it."""
    letter = _letter(request, public_id)
    chosen = request.POST.get("form", "")
    kinds: dict[str, type[forms.Form]] = {
        "fulfilment": FulfilmentForm, "correction": CorrectionForm, "invalid": InvalidForm, "end": EndForm,
    }  # fmt: skip
    given = {name: kind(request.POST if name == chosen else None, prefix=name) for name, kind in kinds.items()}
    given["fulfilment"].fields["decided_on"].initial = timezone.localdate()
    is_sent = request.method == "POST" and chosen in given and given[chosen].is_valid()
    if is_sent and _do(request, letter, given[chosen], chosen):
        messages.success(request, _("Done, and in the log."))
        return redirect("pledges:office" if chosen == "end" else "pledges:office-letter", *_where(chosen, letter))
    whose = f"accounts.User:{letter.signer_id}" if letter.signer_id else f"pledges.Letter:{letter.pk}"
    look(by=request.user, page="pledges.letter", target=whose, details={"letter": letter.pk})
    context = {
        "letter": letter, "record": getattr(letter, "record", None), "forms": given, "chosen": chosen,
        "history": queries.happenings_of(letter), "fulfilment": queries.fulfilment_of(letter),
        "is_own": letter.signer_id == request.user.pk, "may_open": request.user.has_perm(queries.OPEN_EVIDENCE),
        "crumbs": _crumbs(letter.code),
    }  # fmt: skip
    return render(request, "pledges/office_letter.html", context, status=400 if chosen else 200)


def _where(chosen: str, letter: Letter) -> list[str]:
    return [] if chosen == "end" else [letter.public_id]


@require_POST
@login_required
def restore(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A letter that was declared invalid is valid again."""
    try:
        actions.restore_letter(by=request.user, letter=_letter(request, public_id))
    except (actions.NotPossible, actions.NotYours) as refusal:
        messages.warning(request, _words(refusal))
    return redirect("pledges:office-letter", public_id)


@never_cache
@login_required
@sensitive_variables()
def evidence(request: SignedInRequest) -> HttpResponse:
    """Open the evidence of one signature, with a reason that stays in the audit log."""
    if not request.user.has_perm(queries.OPEN_EVIDENCE):
        raise PermissionDenied
    form = EvidenceForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    context: dict[str, Any] = {"form": form, "crumbs": [{"word": pgettext("signature", "Evidence")}]}
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.open_evidence(by=request.user, **form.cleaned_data)
        except (Letter.DoesNotExist, SealedEvidence.DoesNotExist):
            form.add_error("code", _("There is no sealed evidence of this letter: it was not signed here."))
        except (InvalidTag, TlogError):
            form.add_error(None, _("The evidence was changed, or the key is another. Tell the administrator."))
        else:
            context["evidence"] = json.dumps(found, ensure_ascii=False, indent=1)
    return render(request, "pledges/evidence.html", context, status=400 if form.errors else 200)
