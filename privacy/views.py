"""What people see and ask about their own data."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SignedInRequest
from privacy import actions, files, queries
from privacy.models import RequestState


@login_required
@require_safe
@never_cache
def my_data(request: SignedInRequest) -> HttpResponse:
    """The requests, the ways to ask, and what stands in the way of an erasure."""
    context = {
        "requests": queries.requests_of(request.user)[:20],
        "holds": queries.holds_of(request.user),
        "keep_days": settings.EXPORT_KEEP_DAYS,
        "crumbs": [{"word": _("My data"), "url": ""}],
    }
    return render(request, "privacy/my_data.html", context)


@login_required
@require_POST
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask for a copy or for the end of the account."""
    try:
        if request.POST.get("kind") == "erasure":
            if request.POST.get("sure") != "yes":
                messages.warning(request, _("Tick that you know what it means; nothing was asked."))
                return redirect("privacy:mine")
            actions.request_erasure(user=request.user, reason=request.POST.get("reason", "").strip())
            messages.success(request, _("The credit office decides about it; you find the answer here."))
        else:
            actions.request_export(user=request.user)
            messages.success(request, _("The copy is being made. You get a message when it is ready."))
    except (actions.AlreadyAsked, actions.Held) as refusal:
        messages.warning(request, str(refusal))
    return redirect("privacy:mine")


@login_required
@require_POST
def cancel(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take a request back."""
    asked = queries.requests_of(request.user).filter(public_id=public_id).first()
    if asked is None:
        raise Http404
    try:
        actions.cancel_request(by=request.user, asked=asked)
        messages.success(request, _("Taken back."))
    except actions.NotWaiting as refusal:
        messages.warning(request, str(refusal))
    return redirect("privacy:mine")


@login_required
@require_safe
@never_cache
def fetch(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The archive, for its person alone."""
    asked = queries.requests_of(request.user).filter(public_id=public_id, state=RequestState.READY).first()
    if asked is None:
        raise Http404
    try:
        data = files.read(asked.file)
    except FileNotFoundError:
        raise Http404 from None
    actions.note_fetched(by=request.user, asked=asked)
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="xinxing-{asked.public_id}.zip"'
    return response
