"""Items of the bank as a file. It holds keys: for those who may edit items, and each time it is logged."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest
from exams import actions
from exams.admin.items import ItemFilter, found_items
from exams.forms.importing import ExportForm

# More would keep a request too long; the command writes any number.
MOST = 5000
TYPES = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "gift": ("text/plain; charset=utf-8", "gift.txt"),
    "moodle-xml": ("application/xml", "xml"),
    "qti3": ("application/zip", "zip"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("exams.change_item", raise_exception=True)
def export(request: SignedInRequest) -> HttpResponse:
    """Choose items with the filters of the list (in the address); POST hands out the file."""
    words = request.GET.get("q", "").strip()
    items = found_items(request)
    filters = ItemFilter(request.GET, queryset=items, request=request)
    count = items.count()
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and 0 < count <= MOST:
        chosen = {name: value for name, value in request.GET.dict().items() if value}
        return _file(request, items, form.cleaned_data["format"], chosen)
    if request.method == "POST" and not 0 < count <= MOST:
        messages.error(request, _("Choose at least one and at most %(most)s items.") % {"most": MOST})
        return redirect(request.get_full_path())
    context = {
        "form": form,
        "filters": filters,
        "count": count,
        "pictured": items.filter(index__has_picture=True).count(),
        "most": MOST,
        "too_many": count > MOST,
        "q": words,
    }
    return render(request, "exams/admin/export.html", context)


def _file(request: SignedInRequest, items: Any, chosen: str, filters: dict[str, str]) -> HttpResponse:
    data = actions.export_items(by=request.user, items=items, format=chosen, details={"filters": filters})
    media_type, ending = TYPES[chosen]
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="items-{timezone.localdate():%Y%m%d}.{ending}"'
    return response
