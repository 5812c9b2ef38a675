"""The inbox."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SignedInRequest
from notifications import actions, queries

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
    return redirect(message.url or "notifications:inbox")


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark everything read."""
    actions.mark_all_read(user=request.user)
    return redirect("notifications:inbox")
