"""The learner's page of deeds, and the coordinator's page where they are confirmed."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import SignedInRequest
from foundation.audit.actions import look
from foundation.audit.views import EVERYBODY
from foundation.filetypes import EXTENSIONS
from practice import actions, queries, steps
from practice.forms import STATES, DeedForm, FilterForm, ReturnForm
from practice.models import Deed, DeedState

PAGE_SIZE = 20
CONFIRM_PAGE_SIZE = 50


def _refuse(form: DeedForm | ReturnForm, error: ValidationError) -> int:
    """Show what an action refused beside the field, and return the status of the page."""
    for name, problems in error.message_dict.items():
        for problem in problems:
            form.add_error(name if name in form.fields else None, problem)
    return error.status if isinstance(error, actions.EvidenceRefused) else 400


def _learner_page(
    request: SignedInRequest,
    gate: steps.OpenStep,
    form: DeedForm | None,
    *,
    status: int = 200,
    deed: Deed | None = None,
) -> HttpResponse:
    """The page of one practise step: what is still missing, the form, and the deeds so far."""
    deeds = queries.deeds_of(gate.enrolment.pk, gate.step.pk)
    here = reverse("practice:step", args=[gate.step.public_id])
    crumbs = [
        {"word": _("My learning"), "url": reverse("programmes:my-learning")},
        {"word": gate.step.local_title, "url": here if deed else ""},
    ]
    if deed:
        crumbs.append({"word": _("Correct a deed"), "url": ""})
    context: dict[str, Any] = {
        "gate": gate,
        "crumbs": crumbs,
        "form": form,
        "deed": deed,
        "tally": queries.tallies(gate.enrolment.pk, [gate.step.pk])[gate.step.pk],
        "page": Paginator(deeds, PAGE_SIZE).get_page(request.GET.get("page")),
        "takes_deeds": form is not None,
    }
    return render(request, "practice/step.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedInRequest, public_id: str) -> HttpResponse:
    """GET: the learner's deeds and the form. POST: record one."""
    reading = request.method != "POST"
    gate = steps.enter(user=request.user, step_public_id=public_id, reading=reading)
    if reading and not steps.takes_deeds(gate):
        return _learner_page(request, gate, None)
    form = DeedForm(request.POST or None, request.FILES or None, promises=steps.promises(gate.enrolment.pk))
    if reading:
        return _learner_page(request, gate, form)
    if not form.is_valid():
        return _learner_page(request, gate, form, status=400)
    try:
        actions.record_deed(gate=gate, **form.values())
    except ValidationError as error:
        return _learner_page(request, gate, form, status=_refuse(form, error))
    except actions.DeedRecordedBefore:
        messages.info(request, _("This deed is recorded already."))
    else:
        messages.success(request, _("Recorded. Your coordinator will look at it."))
    return redirect("practice:step", public_id)


def _own_deed(gate: steps.OpenStep, public_id: str) -> Deed:
    """The learner's own deed of this step. Raises Http404."""
    deed = queries.deeds_of(gate.enrolment.pk, gate.step.pk).filter(public_id=public_id).first()
    if deed is None:
        raise Http404
    return deed


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, public_id: str, deed_id: str) -> HttpResponse:
    """Correct a deed that came back, and submit it again."""
    gate = steps.enter(user=request.user, step_public_id=public_id)
    deed = _own_deed(gate, deed_id)
    if deed.state != DeedState.RETURNED:
        messages.info(request, _("This deed has been decided or submitted already."))
        return redirect("practice:step", public_id)
    before = {"promise_key": deed.promise_key, "sentence": deed.sentence, "happened_on": deed.happened_on}
    form = DeedForm(
        request.POST or None, request.FILES or None, initial=before, promises=steps.promises(gate.enrolment.pk)
    )
    if request.method != "POST":
        return _learner_page(request, gate, form, deed=deed)
    if not form.is_valid():
        return _learner_page(request, gate, form, status=400, deed=deed)
    try:
        actions.correct_deed(gate=gate, deed=deed, **form.values())
    except ValidationError as error:
        return _learner_page(request, gate, form, status=_refuse(form, error), deed=deed)
    except (actions.WrongState, actions.DeedRecordedBefore):
        messages.info(request, _("This deed has been decided or submitted already."))
    else:
        messages.success(request, _("Submitted again."))
    return redirect("practice:step", public_id)


@login_required
@require_POST
def withdraw(request: SignedInRequest, public_id: str, deed_id: str) -> HttpResponse:
    """Take a deed back."""
    gate = steps.enter(user=request.user, step_public_id=public_id)
    try:
        actions.withdraw_deed(gate=gate, deed=_own_deed(gate, deed_id))
    except actions.WrongState:
        messages.warning(request, _("It has been confirmed in the meantime, so it stays."))
    else:
        messages.success(request, _("Taken back."))
    return redirect("practice:step", public_id)


@login_required
@require_GET
@never_cache
def evidence(request: SignedInRequest, deed_id: str) -> FileResponse:
    """The file of evidence, for its learner and who leads them; a download, never shown inline."""
    try:
        opened, media_type = actions.open_evidence(by=request.user, public_id=deed_id)
    except actions.NoEvidence as error:
        raise Http404 from error
    return FileResponse(
        opened, as_attachment=True, filename=f"evidence-{deed_id}{EXTENSIONS[media_type]}", content_type=media_type
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest) -> HttpResponse:
    """GET: the deeds of the people one leads. POST: confirm those that are ticked."""
    units = list(queries.units_with_deeds(request.user))
    if not units:
        raise Http404
    unit, state = FilterForm(request.GET).chosen()
    address = f"?{urlencode({'unit': unit, 'state': state})}"
    if request.method == "POST":
        _confirm_ticked(request)
        return redirect(request.path + address)
    deeds = queries.deeds_to_confirm(request.user, unit_code=unit, state=state)
    page = Paginator(deeds, CONFIRM_PAGE_SIZE).get_page(request.GET.get("page"))
    if page.object_list:
        shown = {"deeds": len(page.object_list), "unit": unit, "state": state}
        look(by=request.user, page="practice.deeds", target=EVERYBODY, details=shown)
    context = {
        "page": page,
        "crumbs": [{"word": _("Confirm deeds"), "url": ""}],
        "units": units,
        "unit": unit,
        "state": state,
        "states": STATES,
        "address": address,
        "can_confirm": state == DeedState.SUBMITTED,
    }
    return render(request, "practice/confirm.html", context)


def _confirm_ticked(request: SignedInRequest) -> None:
    """Confirm the deeds ticked in the form and say how many."""
    ticked = [code.replace("\0", "") for code in request.POST.getlist("deed")[:CONFIRM_PAGE_SIZE]]
    if not ticked:
        messages.warning(request, _("Tick the deeds that you can confirm."))
        return
    outcome = actions.confirm_deeds(by=request.user, public_ids=ticked)
    if outcome.confirmed:
        text = ngettext("%(n)s deed confirmed.", "%(n)s deeds confirmed.", outcome.confirmed)
        messages.success(request, text % {"n": outcome.confirmed})
    if outcome.skipped:
        text = ngettext(
            "%(n)s had changed in the meantime and was left alone.",
            "%(n)s had changed in the meantime and were left alone.",
            outcome.skipped,
        )
        messages.warning(request, text % {"n": outcome.skipped})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: SignedInRequest, deed_id: str) -> HttpResponse:
    """Return one deed with a reason."""
    deed = (
        queries.confirmable_by(request.user)
        .filter(public_id=deed_id)
        .select_related("enrolment__user", "enrolment__organisation")
        .first()
    )
    if deed is None:
        raise Http404
    if deed.state != DeedState.SUBMITTED:
        messages.warning(request, _("This deed has been decided or taken back in the meantime."))
        return redirect("practice:confirm")
    form = ReturnForm(request.POST or None)
    if request.method != "POST":
        target = f"accounts.User:{deed.enrolment.user_id}"
        look(by=request.user, page="practice.deed", target=target, details={"deed": deed.pk})
    elif form.is_valid():
        try:
            actions.return_deed(by=request.user, public_id=deed_id, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            _refuse(form, error)
        except (actions.WrongState, actions.NotYours):
            messages.warning(request, _("This deed has been decided or taken back in the meantime."))
            return redirect("practice:confirm")
        else:
            messages.success(request, _("Sent back. The learner can correct it and submit it again."))
            return redirect("practice:confirm")
    status = 400 if form.errors else 200
    crumbs = [
        {"word": _("Confirm deeds"), "url": reverse("practice:confirm")},
        {"word": _("Send a deed back"), "url": ""},
    ]
    return render(request, "practice/return.html", {"deed": deed, "form": form, "crumbs": crumbs}, status=status)
