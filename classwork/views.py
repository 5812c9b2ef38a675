"""Fetch the package, and enter what the class did."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from classwork import actions, queries
from classwork.forms import ResultsForm
from classwork.models import ClassworkBatch, PackageState
from organisations.models import Kind, Organisation
from organisations.queries import led_by


def _class(request: SignedInRequest, code: str) -> Organisation:
    return get_object_or_404(led_by(request.user).filter(closed_on=None), code=code, kind=Kind.CLASS)


def _crumbs(unit: Organisation, word: str = "") -> list[dict[str, str]]:
    here = {"word": _("Class work without network"), "url": ""}
    crumbs = [{"word": unit.name, "url": reverse("organisations:class", args=[unit.code])}, here]
    if word:
        here["url"] = reverse("classwork:modules", args=[unit.code])
        crumbs.append({"word": word, "url": ""})
    return crumbs


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def modules(request: SignedInRequest, code: str) -> HttpResponse:
    """What the class can do without the site, and what was entered; a POST asks for the package or takes a batch
    back."""
    unit = _class(request, code)
    if request.POST.get("do") == "package":
        return _ask(request, unit)
    if request.method == "POST":
        batch = get_object_or_404(ClassworkBatch, organisation=unit, public_id=request.POST.get("batch", ""))
        try:
            actions.undo_results(by=request.user, batch=batch)
        except actions.TakenBack:
            messages.warning(request, _("These results were taken back before."))
        else:
            messages.success(request, _("Taken back. What pupils did on the site stays."))
        return redirect("classwork:modules", unit.code)
    context = {
        "unit": unit,
        "package": queries.package_of(unit),
        "modules": queries.modules_of(unit),
        "batches": queries.batches_of(unit),
        "crumbs": _crumbs(unit),
    }
    return render(request, "classwork/modules.html", context)


def _ask(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    """Have the package put together."""
    try:
        actions.ask_package(by=request.user, school_class=unit)
    except actions.NothingToTake:
        raise Http404 from None
    except actions.AlreadyAsked:
        messages.warning(request, _("The package is being put together already."))
    return redirect("classwork:modules", unit.code)


@login_required
@never_cache
@require_safe
def package(request: SignedInRequest, code: str) -> FileResponse | HttpResponse:
    """The zip; before it is there, the page that says how far it is."""
    unit = _class(request, code)
    found = queries.package_of(unit)
    if found is None or found.state != PackageState.DONE or not storages["private"].exists(found.file):
        return redirect("classwork:modules", unit.code)
    day = timezone.localtime(found.done_at).date().isoformat()
    stored = storages["private"].open(found.file)
    return FileResponse(stored, as_attachment=True, filename=f"{unit.code}-{day}.zip")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def results(request: SignedInRequest, code: str, step_public_id: str) -> HttpResponse:
    """The grid of one step; what was entered is shown once more before it counts."""
    unit = _class(request, code)
    module = queries.module_of(unit, step_public_id)
    if module is None:
        raise Http404
    rows = queries.rows_of(unit, module)
    do = request.POST.get("do", "")
    initial = {"done_on": timezone.localdate(), "asked": module.asked}
    form = ResultsForm(request.POST if do else None, module=module, rows=rows, initial=initial)
    is_looking = False
    if do in ("look", "apply") and form.is_valid():
        if do == "apply":
            return _enter(request, unit, module, form)
        is_looking = True
    context: dict[str, Any] = {
        "unit": unit,
        "module": module,
        "rows": rows,
        "form": form,
        "is_looking": is_looking,
        "entered": _entered(form) if is_looking else [],
        "crumbs": _crumbs(unit, module.step.local_title),
    }
    return render(request, "classwork/results.html", context, status=400 if do and form.errors else 200)


def _entered(form: ResultsForm) -> list[tuple[queries.Row, actions.Result]]:
    found = form.results()
    return [(row, found[row.key]) for row in form.open_rows if row.key in found]


def _enter(request: SignedInRequest, unit: Organisation, module: queries.Module, form: ResultsForm) -> HttpResponse:
    try:
        actions.enter_results(
            by=request.user,
            school_class=unit,
            module=module,
            results=form.results(),
            done_on=form.cleaned_data["done_on"],
        )
    except (actions.NothingEntered, ValidationError):
        messages.error(request, _("These results had been entered already."))
    else:
        messages.success(request, _("Entered. You can take it back below."))
    return redirect("classwork:modules", unit.code)
