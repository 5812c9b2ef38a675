"""Bring questions into the bank under /admin/: upload, preview, store, undo."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.admin.leftover import leftover_table
from exams.admin.shown import decide_and_tell, may_import, shown
from exams.forms.authoring import TWIN
from exams.forms.importing import StoreForm, UploadForm
from exams.forms.reasons import say_unreadable
from exams.importers.blocks import Unreadable
from exams.models import Fate, ImportBatch, ImportBlock, ImportState, Verdict

PER_PAGE, SHOWN_LIKE = 20, 2
RUNNING = (ImportState.READING, ImportState.STORING, ImportState.UNDOING)
LANES = (Verdict.ACCEPT, Verdict.REVIEW, Verdict.REJECT, Verdict.SKIP)


@require_safe
@may_import
def index(request: SignedInRequest) -> HttpResponse:
    """Every batch, the newest first."""
    batches = ImportBatch.objects.select_related("bank", "uploaded_by").order_by("-pk")
    page = Paginator(batches, PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "exams/admin/imports.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def upload(request: SignedInRequest) -> HttpResponse:
    """Take a file or pasted text in and show what was read."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"bank": request.GET.get("bank")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        names = ("bank", "data", "filename", "format", "numbers", "create_points")
        try:
            batch = actions.start_import(by=request.user, **{name: data[name] for name in names})
        except Unreadable as error:
            form.add_error("file" if data.get("file") else "text", say_unreadable(error.code, error.detail))
        else:
            return redirect("exams_import:batch", batch.pk)
    return render(request, "exams/admin/import_new.html", {"form": form})


def lane_counts(batch: ImportBatch) -> dict[str, int]:
    """How many blocks stand in each lane."""
    found = dict(batch.blocks.values_list("lane").annotate(n=Count("pk")).values_list("lane", "n"))
    return {lane: found.get(lane, 0) for lane in LANES}


def chosen_rows(batch: ImportBatch, query: QueryDict) -> QuerySet[ImportBlock]:
    """The blocks that the filters of the preview leave."""
    rows = batch.blocks.select_related("match", "item", "version").order_by("order")
    if query.get("lane") in LANES:
        rows = rows.filter(lane=query["lane"])
    if query.get("fate") in Fate.values:
        rows = rows.filter(fate=query["fate"])
    if words := query.get("q", "").strip():
        rows = rows.filter(Q(raw__icontains=words) | Q(number=words))
    return rows


@require_safe
@may_import
def batch_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The preview, how far it is, or what came of it."""
    batch = get_object_or_404(ImportBatch.objects.select_related("bank", "uploaded_by", "stored_by"), pk=pk)
    page: Page[ImportBlock] = Paginator(chosen_rows(batch, request.GET), PER_PAGE).get_page(request.GET.get("p"))
    counts = lane_counts(batch)
    query = request.GET.copy()
    query.pop("p", None)
    first = batch.blocks.filter(lane=Verdict.REVIEW).order_by("order").values_list("order", flat=True).first()
    fates = dict(batch.blocks.filter(lane=Verdict.ACCEPT).values_list("fate").annotate(n=Count("pk")).order_by())
    context = {
        "batch": batch,
        "page": page,
        "rows": list(map(shown, page, _like(batch, page))),
        "tabs": [(lane, Verdict(lane).label, counts[lane]) for lane in LANES],
        "all": sum(counts.values()),
        "fates": [(fate, Fate(fate).label, fates[fate]) for fate in Fate.values if fate in fates],
        "lane": request.GET.get("lane", ""),
        "fate": request.GET.get("fate", ""),
        "q": request.GET.get("q", ""),
        "query": query.urlencode(),
        "first_to_review": first,
        "running": batch.state in RUNNING,
        "mending": batch.state == ImportState.PREVIEW,
        "error": say_unreadable(*_code(batch.error)) if batch.error else "",
        "form": StoreForm(),
        "may_store": counts[Verdict.ACCEPT] and request.user.has_perm("exams.change_item"),
    }
    return render(request, "exams/admin/import.html", context)


def _like(batch: ImportBatch, page: Page[ImportBlock]) -> list[list[queries.Similar]]:
    """For each row of the page that would be a new item, what the bank has that is nearly the same, while one can
    still leave it out. Two statements."""
    asked = [
        row.reading.get("stem", "") if batch.state == ImportState.PREVIEW and row.fate == Fate.NEW else ""
        for row in page
    ]
    found = queries.similar_to_each(asked, limit=SHOWN_LIKE, least=TWIN)
    return [found[stem] for stem in asked]


def _code(error: str) -> tuple[str, str]:
    code, _colon, detail = error.partition(": ")
    return code, detail


@require_POST
@may_import
def decide(request: SignedInRequest, pk: int, order: int) -> HttpResponse:
    """Accept or leave out one block from the list, and back to it."""
    row = get_object_or_404(ImportBlock.objects.select_related("batch"), batch=pk, order=order)
    decide_and_tell(request, row, request.POST.get("do", ""))
    back = QueryDict(request.POST.get("query", ""))
    return redirect(f"{request.path.rsplit('/rows/', 1)[0]}/?{back.urlencode()}#b{order}")


@require_POST
@may_import
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store, discard or undo a batch."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    try:
        match request.POST.get("do"):
            case "store":
                store(request, batch)
            case "discard":
                actions.discard_import(by=request.user, batch=batch)
                messages.success(request, _("The import is put away. Nothing was stored."))
            case "undo":
                undo(request, batch)
    except actions.NotNow:
        messages.error(request, _("The import has moved on in the meantime."))
    return redirect("exams_import:batch", pk)


def store(request: SignedInRequest, batch: ImportBatch) -> None:
    """Store what is accepted, if the person has seen the preview. Raises NotNow or PermissionDenied."""
    require_change(request)
    form = StoreForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick that you have looked at the preview."))
        return
    try:
        actions.store_import(by=request.user, batch=batch, hand_in=form.cleaned_data["hand_in"])
    except actions.NothingToStore:
        messages.error(request, _("No block is accepted. Mend or accept some first."))


def require_change(request: SignedInRequest) -> None:
    """Raises PermissionDenied for whoever may bring questions but not change items."""
    if not request.user.has_perm("exams.change_item"):
        raise PermissionDenied


def undo(request: SignedInRequest, batch: ImportBatch) -> None:
    """Take the batch out of the bank again. Raises NotNow or PermissionDenied."""
    require_change(request)
    try:
        actions.undo_import(by=request.user, batch=batch)
    except actions.CannotUndo as error:
        count = len(error.items)
        text = ngettext(
            "The import stays: an item of it was reviewed, used or changed since (number %(items)s).",
            "The import stays: items of it were reviewed, used or changed since (numbers %(items)s).",
            count,
        )
        messages.error(request, text % {"items": ", ".join(str(item) for item in error.items[:10])})
    else:
        messages.success(request, _("What the import stored is out of the bank again."))


@require_safe
@may_import
def leftover(request: SignedInRequest, pk: int) -> HttpResponse:
    """The blocks that were not stored, as a table to be mended elsewhere."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    rows = batch.blocks.filter(lane__in=[Verdict.REVIEW, Verdict.REJECT, Verdict.SKIP]).order_by("order")
    data = leftover_table([shown(row) for row in rows.iterator(chunk_size=500)])
    response = HttpResponse(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}.xlsx"'
    return response
