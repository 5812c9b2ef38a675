"""One item under /admin/: as the learner sees it, its key, review by a second person, comments, history, use."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.importers.lines import to_lines
from exams.models import Item, ItemComment, ItemVersion, VersionState

SEED = "00" * 16
SEES_PICTURES = ("exams.change_item", "exams.change_paper", "exams.add_regrade", "exams.add_appealdecision")
FIELDS = {
    "stem": gettext_lazy("Question"),
    "lines": gettext_lazy("Options and answer"),
    "explanation": gettext_lazy("Explanation"),
    "pictures": gettext_lazy("Pictures"),
}


def found_item(request: SignedInRequest, pk: int) -> Item:
    """The item, for authors. Raises PermissionDenied or Http404."""
    if not request.user.has_perm("exams.change_item"):
        raise PermissionDenied
    return get_object_or_404(Item.objects.select_related("bank", "point"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, pk: int) -> HttpResponse:
    """Preview, key, what is like it, comments, versions; POST moves the newest version on or adds a remark."""
    found = found_item(request, pk)
    if request.method == "POST":
        if request.POST.get("do") in ("comment", "resolve"):
            remark(request, found)
        else:
            move(request, found)
        return redirect("exams_admin:item", pk)
    newest = queries.newest_version(found)
    versions = list(queries.versions_of(found))
    context = {
        "item": found,
        "newest": newest,
        "lines": to_lines(found.type, newest.content, newest.key.answer),
        "versions": versions,
        "similar": queries.similar_items(newest.stem, exclude=found.pk),
        "comments": queries.comments_on(found),
        "entries": queries.entries_of(found),
        "changes": changes(found, newest) if newest.state == VersionState.IN_REVIEW else [],
        "may_approve": newest.state == VersionState.IN_REVIEW
        and newest.author_id != request.user.pk
        and request.user.has_perm("exams.change_itemversion"),
    }
    return render(request, "exams/admin/item.html", context)


def changes(found: Item, newest: ItemVersion) -> list[tuple[Any, queries.Difference]]:
    """What `newest` changes against the version before it, each field with its name."""
    before = queries.version_with_key(found, newest.number - 1)
    return [(FIELDS[d.field], d) for d in queries.differences(before, newest)] if before else []


def remark(request: SignedInRequest, found: Item) -> None:
    """A comment, or one that is settled."""
    by: Any = request.user
    try:
        if request.POST["do"] == "comment":
            actions.comment_item(by=by, item=found, text=request.POST.get("text", ""))
        else:
            number = request.POST.get("comment", "")
            rows = ItemComment.objects.filter(item=found)
            actions.resolve_comment(by=by, comment=get_object_or_404(rows, pk=int(number) if number.isdecimal() else 0))
    except actions.ItemRefused:
        messages.error(request, _("Write a comment of up to 2000 characters."))
    except actions.WrongState:
        messages.error(request, _("Somebody has settled this comment already."))
    else:
        messages.success(request, _("Done."))


def move(request: SignedInRequest, found: Item) -> None:
    """Do what the button says and tell how it went."""
    newest, word = queries.newest_version(found), request.POST.get("do", "")
    by: Any = request.user
    reason = request.POST.get("reason", "").strip()[:500]
    if word in ("approve", "return", "retire") and not request.user.has_perm("exams.change_itemversion"):
        raise PermissionDenied
    try:
        match word:
            case "submit":
                actions.submit_for_review(by=by, version=newest)
            case "approve":
                actions.approve_version(by=by, version=newest)
            case "return" if reason:
                actions.return_version(by=by, version=newest, reason=reason)
            case "return":
                messages.error(request, _("Say why the item goes back to its author."))
                return
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
    """The newest wording as a learner sees it; with `?key=1` as it is shown after handing in."""
    found = found_item(request, pk)
    newest = queries.newest_version(found)
    if request.GET.get("key") == "1":
        return render(request, "exams/admin/preview_key.html", {"r": queries.preview_with_key(newest, SEED)})
    question = queries.question_view(newest, SEED, 1, None, None)
    return render(request, "exams/admin/preview.html", {"q": question})


@require_safe
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Two versions side by side: `?old=1&new=2`; the newest two if nothing is asked."""
    found = found_item(request, pk)
    versions = list(queries.versions_of(found))
    numbers = [v.number for v in versions]
    new = chosen(request.GET.get("new", ""), numbers, numbers[0])
    old = chosen(request.GET.get("old", ""), numbers, max([n for n in numbers if n < new], default=new))
    pair = [queries.version_with_key(found, n) for n in (old, new)]
    if pair[0] is None or pair[1] is None:
        raise Http404
    rows = [(FIELDS[d.field], d) for d in queries.differences(pair[0], pair[1])]
    context = {"item": found, "versions": versions, "old": old, "new": new, "changes": rows}
    return render(request, "exams/admin/history.html", context)


def chosen(text: str, numbers: list[int], otherwise: int) -> int:
    """A version's number from the address, or `otherwise`."""
    return int(text) if text.isdecimal() and int(text[:6]) in numbers else otherwise


@require_safe
def usage(request: SignedInRequest, pk: int) -> HttpResponse:
    """In which papers the item stands, and how often it was asked."""
    found = found_item(request, pk)
    return render(request, "exams/admin/usage.html", {"item": found, "usage": queries.usage_of(found)})


@require_safe
def picture(request: SignedInRequest, picture_id: str) -> FileResponse:
    """A picture of an item, for authors and for whoever judges answers on a page that shows it."""
    if not any(request.user.has_perm(permission) for permission in SEES_PICTURES):
        raise PermissionDenied
    found = queries.picture_named(picture_id)
    if found is None:
        raise Http404
    return FileResponse(found.file.open("rb"), content_type=found.media_type)
