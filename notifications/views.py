"""The inbox."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SignedInRequest
from notifications import actions, queries, registry

PAGE_SIZE = 20


@login_required
@require_safe
@never_cache
def inbox(request: SignedInRequest) -> HttpResponse:
    """The list, newest first."""
    context = {
        "page": Paginator(queries.inbox(request.user), PAGE_SIZE).get_page(request.GET.get("page")),
        "unread": queries.unread_count(request.user),
        "crumbs": [{"word": _("Inbox"), "url": ""}],
    }
    return render(request, "notifications/inbox.html", context)


@login_required
@require_POST
def open_message(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Mark one message read and go where it points: a path on this site, stored by our own actions."""
    message = queries.inbox(request.user).filter(public_id=public_id).first()
    if message is None:
        raise Http404
    actions.mark_read(user=request.user, message=message)
    if not message.url:
        return redirect("notifications:inbox")
    language = get_language() or settings.LANGUAGE_CODE
    with override(settings.LANGUAGE_CODE):  # that of the stored path
        return redirect(translate_url(message.url, language))


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark everything read."""
    actions.mark_all_read(user=request.user)
    return redirect("notifications:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def choose(request: SignedInRequest) -> HttpResponse:
    """Which copies one wants of what is not required. The inbox keeps everything."""
    kinds = registry.optional()
    if request.method == "POST":
        actions.choose_kinds(user=request.user, wanted=request.POST.getlist("kind"))
        messages.success(request, _("Kept."))
        return redirect("notifications:choose")
    off = {kind for _user, kind in queries.muted([request.user.pk], [kind.name for kind in kinds])}
    context = {
        "rows": [(kind, kind.name not in off) for kind in kinds],
        "crumbs": [{"word": _("Inbox"), "url": reverse("notifications:inbox")}, {"word": _("Copies"), "url": ""}],
    }
    return render(request, "notifications/choose.html", context)


# A mail program posts here without cookies (RFC 8058): the signed token is the proof.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail: looking changes nothing, the button unsubscribes one kind for one person."""
    found = queries.who_unsubscribes(token)
    if found is None:
        raise Http404
    user, kind = found
    is_done = request.method == "POST" and actions.unsubscribe(user=user, kind=kind)
    context = {"kind": registry.kind(kind), "is_done": is_done}
    return render(request, "notifications/unsubscribe.html", context)
