"""One block of an import: the raw text beside what was read, to be mended, accepted or left out, one after another."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.admin.shown import as_shown, decide_and_tell, may_import, shown
from exams.forms.importing import MendForm
from exams.forms.reasons import say_problem
from exams.models import ImportBatch, ImportBlock, ImportState, Verdict
from exams.queries.exporting import block_of_version
from exams.queries.imports import block_of


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def mend(request: SignedInRequest, pk: int, order: int) -> HttpResponse:
    """Look at one block; POST mends it or decides about it and goes on to the next that waits."""
    row = get_object_or_404(ImportBlock.objects.select_related("batch__bank", "match"), batch=pk, order=order)
    block = block_of(row)
    data = request.POST if request.method == "POST" and request.POST.get("do") == "save" else None
    form = MendForm(data, block=block)
    if request.method == "POST":
        gone = _post(request, row, form)
        if gone:
            return gone
    context = _surroundings(row) | {
        "row": row,
        "batch": row.batch,
        "shown": shown(row),
        "form": form,
        "mending": row.batch.state == ImportState.PREVIEW,
        "now": _now(row),
        "similar": _similar(row),
    }
    return render(request, "exams/admin/import_block.html", context)


def _post(request: SignedInRequest, row: ImportBlock, form: MendForm) -> HttpResponseRedirect | None:
    """Do what the button says; None if the page has to be shown again with what is wrong."""
    word = request.POST.get("do", "")
    try:
        if word == "save":
            if not form.is_valid():
                return None
            actions.mend_block(by=request.user, row=row, block=form.cleaned_data["mended"])
        elif word == "unmend":
            actions.unmend_block(by=request.user, row=row)
            return redirect("exams_import:mend", row.batch_id, row.order)
        elif not decide_and_tell(request, row, word):
            return redirect("exams_import:mend", row.batch_id, row.order)
    except actions.CannotDecide as error:
        form.add_error(None, say_problem(str(error)))
        return None
    except actions.NotNow:
        messages.error(request, _("This import is not waiting for decisions any more."))
    return _onward(request, row)


def _onward(request: SignedInRequest, row: ImportBlock) -> HttpResponseRedirect:
    """The same block if it still waits after mending, else the next that waits, else the preview."""
    row.refresh_from_db()
    if row.lane == Verdict.REVIEW and request.POST.get("do") == "save":
        messages.warning(request, _("Saved. Decide what it is to the item that looks the same."))
        return redirect("exams_import:mend", row.batch_id, row.order)
    following = next_to_review(row.batch, row.order)
    if following is None:
        messages.success(request, _("Nothing is left to look at."))
        return redirect("exams_import:batch", row.batch_id)
    return redirect("exams_import:mend", row.batch_id, following)


def next_to_review(batch: ImportBatch, order: int) -> int | None:
    """The next block that waits for a person, beginning again at the top."""
    waiting = batch.blocks.filter(lane=Verdict.REVIEW).order_by("order").values_list("order", flat=True)
    return waiting.filter(order__gt=order).first() or waiting.exclude(order=order).first()


def _surroundings(row: ImportBlock) -> dict[str, Any]:
    """Where one can go from here."""
    blocks = row.batch.blocks.values_list("order", flat=True)
    return {
        "before": blocks.filter(order__lt=row.order).order_by("-order").first(),
        "after": blocks.filter(order__gt=row.order).order_by("order").first(),
        "next": next_to_review(row.batch, row.order),
        "left": row.batch.blocks.filter(lane=Verdict.REVIEW).count(),
    }


def _now(row: ImportBlock) -> Any:
    """How the bank words the item that the block looks like."""
    return as_shown(row, block_of_version(queries.newest_version(row.match))) if row.match else None


def _similar(row: ImportBlock) -> list[Any]:
    """Items of the bank that say nearly the same, apart from the one that is shown already."""
    return list(queries.similar_items(row.reading["stem"], exclude=row.match_id))
