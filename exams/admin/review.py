"""One item under /admin/: as the learner sees it, its key, its versions, and the review by a second person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.importers.plain import to_lines
from exams.models import Item, VersionState

SEED = "00" * 16


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, pk: int) -> HttpResponse:
    """Preview, key and versions; POST moves the newest version on."""
    if not request.user.has_perm("exams.change_item"):
        raise PermissionDenied
    found = get_object_or_404(Item.objects.select_related("bank", "point"), pk=pk)
    if request.method == "POST":
        move(request, found)
        return redirect("exams_admin:item", pk)
    newest = queries.newest_version(found)
    context = {
        "item": found,
        "newest": newest,
        "lines": to_lines(found.type, newest.content, newest.key.answer),
        "versions": queries.versions_of(found),
        "may_approve": newest.state == VersionState.IN_REVIEW
        and newest.author_id != request.user.pk
        and request.user.has_perm("exams.change_itemversion"),
    }
    return render(request, "exams/admin/item.html", context)


def move(request: SignedInRequest, found: Item) -> None:
    """Do what the button says and tell how it went."""
    newest, word = queries.newest_version(found), request.POST.get("do", "")
    by: Any = request.user
    if word in ("approve", "return", "retire") and not request.user.has_perm("exams.change_itemversion"):
        raise PermissionDenied
    try:
        match word:
            case "submit":
                actions.submit_for_review(by=by, version=newest)
            case "approve":
                actions.approve_version(by=by, version=newest)
            case "return":
                actions.return_version(by=by, version=newest, reason=request.POST.get("reason", "")[:500])
            case "retire":
                actions.retire_item(by=by, item=found)
            case _:
                raise actions.WrongState(word)
    except actions.OwnWork:
        messages.error(request, _("Somebody else must approve what you wrote."))
    except actions.WrongState:
        messages.error(request, _("The item has moved on in the meantime."))
    else:
        messages.success(request, _("Done."))


@require_safe
@xframe_options_sameorigin
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The newest wording as a learner sees it."""
    if not request.user.has_perm("exams.change_item"):
        raise PermissionDenied
    newest = queries.newest_version(get_object_or_404(Item, pk=pk))
    question = queries.question_view(newest, SEED, 1, None, None)
    return render(request, "exams/admin/preview.html", {"q": question})
