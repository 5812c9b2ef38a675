"""Change many items at once: the chosen ones or everything that was found."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.admin.items import found_items
from exams.forms.bulk import BulkForm
from exams.models import BulkChange, BulkState, Item

SAMPLE = 5


def allowed(request: SignedInRequest) -> None:
    """Raises PermissionDenied for everybody but authors."""
    if not request.user.has_perm("exams.change_item"):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: SignedInRequest) -> HttpResponse:
    """`?id=1&id=2` or `?all=1` with the list's search and filters: what is meant, how many, and what to do."""
    allowed(request)
    items = meant(request)
    form = BulkForm(request.POST or None, may_review=request.user.has_perm("exams.change_itemversion"))
    if request.method == "POST" and form.is_valid():
        ids = list(items.values_list("pk", flat=True))
        if str(len(ids)) != request.POST.get("count"):
            form.add_error(None, _("Other items than before are meant now. Look at the number again."))
        else:
            done = begin(request, form, ids)
            if done:
                return done
    count = items.count()
    context = {
        "form": form,
        "count": count,
        "sample": queries.items_listed().filter(pk__in=items.order_by("-pk")[:SAMPLE]),
    }
    return render(request, "exams/admin/bulk.html", context, status=400 if form.errors else 200)


def meant(request: SignedInRequest) -> Any:
    """The items that the address names; the filters are asked anew when the form is sent."""
    if request.GET.get("all") == "1":
        return found_items(request)
    ids = [int(text) for text in request.GET.getlist("id") if text.isdecimal() and len(text) < 10]
    return Item.objects.filter(pk__in=ids).order_by("-pk")


def begin(request: SignedInRequest, form: BulkForm, ids: list[int]) -> HttpResponse | None:
    """Start the change and go to its page; None with an error in the form."""
    by: Any = request.user
    try:
        change = actions.change_many(by=by, item_ids=ids, verb=form.cleaned_data["verb"], value=form.value)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    return redirect("exams_admin:bulk-change", change.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_change(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far a change is, what it left alone; POST undoes it."""
    allowed(request)
    change = get_object_or_404(BulkChange.objects.select_related("made_by"), public_id=public_id)
    if request.method == "POST":
        by: Any = request.user
        try:
            count = actions.undo_many(by=by, change=change)
        except actions.WrongState:
            messages.error(request, _("This cannot be undone, or not any more."))
        else:
            text = ngettext("%(n)s item is as before.", "%(n)s items are as before.", count)
            messages.success(request, text % {"n": count})
        return redirect("exams_admin:bulk-change", public_id)
    context = {
        "change": change,
        "word": dict(BulkForm.base_fields["verb"].choices).get(change.verb, change.verb),  # type: ignore[attr-defined]
        "total": len(change.items),
        "left_alone": len(change.refused),
        "may_undo": change.state == BulkState.DONE and change.verb in actions.BULK_FIELDS and change.before,
    }
    return render(request, "exams/admin/bulk_change.html", context)
