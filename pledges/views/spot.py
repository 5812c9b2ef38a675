"""Sign on the spot: before the coordinator, or a class together with its teacher."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from accounts.models import SignedInRequest
from pledges import actions, queries, steps
from pledges.forms import OnTheSpotForm, TogetherForm
from pledges.models import Letter, LetterVersion, Subject
from pledges.views.signing import Desk, desk_context, not_ready, opened_at, signed_at

PAGE_SIZE = 60


def _step(request: SignedInRequest, step_public_id: str) -> steps.Step:
    """A pledge step of the units that the signed-in person leads. Raises Http404."""
    step = steps.spot_steps(request.user).filter(public_id=step_public_id).first()
    if step is None:
        raise Http404(step_public_id)
    return step


@never_cache
@login_required
def spots(request: SignedInRequest) -> HttpResponse:
    """The letters that can be signed before the signed-in person."""
    if not queries.leads_any(request.user):
        raise PermissionDenied
    context = {"steps": steps.spot_steps(request.user), "crumbs": [{"word": _("Sign on the spot")}]}
    return render(request, "pledges/spots.html", context)


@never_cache
@login_required
def spot(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """Who has signed this letter and who has not; a class ticks who is here and promises together."""
    step = _step(request, step_public_id)
    version = queries.version_of_step(step.pk)
    if version is None or not version.template.takes_signatures(timezone.localdate()):
        return not_ready(request, step.local_title, version)
    rows = steps.signers_of(step, request.user)
    context: dict[str, Any] = {"step": step, "version": version, "template": version.template, "crumbs": _crumbs(step)}
    if version.template.subject == Subject.CLASS:
        return _together(request, step, version, rows, context)
    text = request.GET.get("q", "").strip()[:60]
    if text:
        rows = rows.filter(user__name__icontains=text)
    context |= {"page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), "text": text}
    return render(request, "pledges/spot.html", context)


def _crumbs(step: steps.Step) -> list[dict[str, str]]:
    return [{"word": _("Sign on the spot"), "url": "/pledges/spot/"}, {"word": step.local_title}]


def _together(
    request: SignedInRequest,
    step: steps.Step,
    version: LetterVersion,
    rows: QuerySet[steps.Enrolment],
    context: dict[str, Any],
) -> HttpResponse:
    """The promise of a class, read aloud, with everybody who has not promised yet."""
    waiting = {row.user.public_id: row.user for row in rows if not row.is_signed}  # type: ignore[attr-defined]
    words = [(public_id, user.get_full_name()) for public_id, user in waiting.items()]
    form = TogetherForm(request.POST or None, request=request, version=version, pupils=words)
    opened = opened_at(request, f"spot-{step.public_id}")
    if request.method == "POST" and form.is_valid():
        pupils = [waiting[public_id] for public_id in form.cleaned_data["pupils"]]
        try:
            done = actions.sign_together(
                by=request.user, step_public_id=step.public_id, pupils=pupils, opened_at=opened,
                version_digest=form.cleaned_data["digest"],
            )  # fmt: skip
        except actions.SignatureRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            _tell(request, done)
            return redirect("pledges:spot", step.public_id)
    signed = [row.user for row in rows if row.is_signed]  # type: ignore[attr-defined]
    context |= {"form": form, "wording": version.wording(), "waiting": waiting, "signed": signed}
    return render(request, "pledges/together.html", context, status=400 if form.errors else 200)


def _tell(request: SignedInRequest, done: actions.Together) -> None:
    count = len(done.letters)
    messages.success(request, ngettext("%(count)s pupil has promised.", "%(count)s pupils have promised.", count)
                     % {"count": count})  # fmt: skip
    if done.not_open:
        names = "、".join(user.get_full_name() for user in done.not_open)
        messages.warning(request, _("Not yet at this step of the programme: %(names)s.") % {"names": names})


@never_cache
@login_required
def spot_sign(request: SignedInRequest, step_public_id: str, user_public_id: str) -> HttpResponse:
    """One person signs on the coordinator's screen."""
    step = _step(request, step_public_id)
    row = steps.signers_of(step, request.user).filter(user__public_id=user_public_id).first()
    if row is None or row.user_id == request.user.pk:
        raise Http404(user_public_id)
    signer = row.user
    gate = steps.enter(user=signer, step_public_id=step_public_id, reading=request.method == "GET")
    version = queries.version_of_step(step.pk)
    if version is None or not version.template.takes_signatures(timezone.localdate()):
        return not_ready(request, step.local_title, version)
    if version.template.subject == Subject.CLASS or row.is_signed:  # type: ignore[attr-defined]
        return redirect("pledges:spot", step_public_id)

    def store(**given: Any) -> Letter:
        return actions.sign_letter(opened=gate, **given)

    key = f"spot-{step_public_id}-{user_public_id}"
    desk = Desk(key, version, signer, gate.enrolment.organisation, step.local_title, store)
    form = OnTheSpotForm(request.POST or None, request=request, version=version, offered=desk.offered, signer=signer)
    opened_at(request, key)
    if request.method == "POST" and form.is_valid():
        letter = signed_at(request, desk, form, confirmed_by=request.user)
        if letter is not None:
            messages.success(request, _("%(name)s has signed.") % {"name": signer.get_full_name()})
            return redirect("pledges:spot", step_public_id)
    context = desk_context(desk, form) | {"on_the_spot": True, "crumbs": [*_crumbs(step), {"word": signer.name}]}
    return render(request, "pledges/sign.html", context, status=400 if form.errors else 200)
