"""Keys and webhooks of a unit's own systems, for its manager and the credit office."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts.models import SignedInRequest
from foundation.outbound import Forbidden
from pledges import actions, queries
from pledges.forms import HookForm, KeyForm

PAGE_SIZE = 20


def _page(request: SignedInRequest, **more: Any) -> HttpResponse:
    """The page; what `more` holds as `secret` is shown this once and kept by no browser."""
    user = request.user
    units, is_office = queries.system_units(user), queries.keeps_all_systems(user)
    context = {
        "keys": Paginator(queries.keys_kept_by(user), PAGE_SIZE).get_page(request.GET.get("page")),
        "hooks": Paginator(queries.hooks_kept_by(user), PAGE_SIZE).get_page(request.GET.get("hooks")),
        "key_form": KeyForm(units=units, is_office=is_office, prefix="key"),
        "hook_form": HookForm(units=units, is_office=is_office, prefix="hook"),
        "now": timezone.now(),
        "crumbs": [{"word": _("Letters of my unit"), "url": reverse("pledges:office")}, {"word": _("Our systems")}],
        **more,
    }
    wrong = any(getattr(context[name], "errors", None) for name in ("key_form", "hook_form"))
    return render(request, "pledges/systems.html", context, status=400 if wrong else 200)


def _check(request: SignedInRequest) -> None:
    """Raises PermissionDenied for who manages no unit."""
    if not queries.system_units(request.user).exists():
        raise PermissionDenied


@never_cache
@login_required
@sensitive_variables()
def systems(request: SignedInRequest) -> HttpResponse:
    """Keys and webhooks; POST makes one, whose secret is shown once."""
    _check(request)
    if request.method != "POST":
        return _page(request)
    form_class, name = (KeyForm, "key") if request.POST.get("do") == "key" else (HookForm, "hook")
    units, is_office = queries.system_units(request.user), queries.keeps_all_systems(request.user)
    form = form_class(request.POST, units=units, is_office=is_office, prefix=name)
    secret = _made(request, form) if form.is_valid() else ""
    return _page(request, **({"secret": secret, "shown_as": name} if secret else {f"{name}_form": form}))


@sensitive_variables()
def _made(request: SignedInRequest, form: KeyForm | HookForm) -> str:
    """Make what the form says; its secret, or "" with the reason in the form."""
    data, unit = form.cleaned_data, form.cleaned_data["unit"]
    try:
        if isinstance(form, KeyForm):
            _key, text = actions.create_api_key(
                by=request.user, organisation=unit, name=data["name"], days=data["days"], scopes=data["scopes"]
            )
        else:
            _hook, text = actions.create_webhook(by=request.user, organisation=unit, url=data["url"])
    except actions.NothingToSign as refusal:
        form.add_error("unit", str(refusal))
    except Forbidden:
        form.add_error("url", _("This address cannot be told: it must begin with https:// and its host be allowed."))
    except actions.TooMany:
        form.add_error("url", _("This unit has this address already, or five others."))
    else:
        return text
    return ""


@never_cache
@require_POST
@login_required
@sensitive_variables()
def rotate_key(request: SignedInRequest, prefix: str) -> HttpResponse:
    """A new key that may do the same; the old one holds for some days more."""
    key = get_object_or_404(queries.keys_kept_by(request.user), prefix=prefix)
    try:
        _key, text = actions.rotate_api_key(by=request.user, key=key)
    except actions.UnknownKey:
        messages.warning(request, _("This key had ended before."))
        return redirect("pledges:systems")
    return _page(request, secret=text, shown_as="key", overlap=actions.OVERLAP_DAYS)


@never_cache
@login_required
def revoke_key(request: SignedInRequest, prefix: str) -> HttpResponse:
    """What ends with a key, and when it was last used; POST ends it at once."""
    key = get_object_or_404(queries.keys_kept_by(request.user), prefix=prefix)
    if request.method != "POST" and not key.revoked_at and key.expires_at > timezone.now():
        return _ask(request, _("End this key?"), key=key, sent=queries.last_sent_with(key))
    if request.method == "POST" and actions.revoke_api_key(by=request.user, key=key):
        messages.success(request, _("The key has ended."))
    else:
        messages.warning(request, _("This key had ended before."))
    return redirect("pledges:systems")


@never_cache
@login_required
def end_hook(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What ends with a webhook, and when it was last told something; POST tells it nothing more."""
    hook = get_object_or_404(queries.hooks_kept_by(request.user), public_id=public_id)
    if request.method != "POST":
        return _ask(request, _("Tell this address nothing more?"), hook=hook, told=queries.last_told(hook))
    actions.end_webhook(by=request.user, hook=hook)
    messages.success(request, _("This address is told nothing more."))
    return redirect("pledges:systems")


def _ask(request: SignedInRequest, heading: str, **about: Any) -> HttpResponse:
    """The question before something ends for good."""
    crumbs = [{"word": _("Our systems"), "url": reverse("pledges:systems")}, {"word": heading}]
    return render(request, "pledges/end_system.html", {"heading": heading, "crumbs": crumbs, **about})
