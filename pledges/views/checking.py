"""Is a letter genuine? By its code, by its QR code, or from a file that somebody was given."""

from typing import Any

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pledges import offline, queries
from pledges.contracts import CODE_LENGTH, PLEDGE_CODE_LENGTH, read_code
from pledges.forms import CheckForm
from pledges.queries import Tombstone


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Enter a code: on to its check, or a plain "not found" that is the same for absent, non-public and withdrawn."""
    typed = request.GET.get("code", "").strip()[:60]
    found = queries.look_up(typed) if typed else None
    if found:
        return redirect("pledges:check", found)
    code = read_code(typed)
    context = {
        **_here(),
        "typed": typed,
        "has_confusable": any(sign in code for sign in "01OI"),
        "has_wrong_length": bool(code) and len(code) not in (CODE_LENGTH, PLEDGE_CODE_LENGTH),
        "crumbs": [{"word": _("Verify")}],
    }
    return render(request, "pledges/verify.html", context, status=404 if typed else 200)


def _here() -> dict[str, Any]:
    """What the forms and the script of both pages need."""
    return {"form": CheckForm(), "pinned": queries.pinned()}


def _crumbs() -> list[dict[str, str]]:
    return [{"word": _("Verify"), "url": reverse("pledges:verify")}, {"word": _("Result")}]


@require_safe
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the QR code of a letter leads to: everything that can be checked about what is published under it."""
    letter = queries.public_letter(public_id)
    if isinstance(letter, Tombstone):
        return render(request, "pledges/tombstone.html", {"letter": letter}, status=410)
    if letter is None:
        raise Http404(public_id)
    here = _here()
    verdict = queries.check_published(public_id, trusted=here["pinned"]) if letter.in_log else None
    context = {**here, "letter": letter, "verdict": verdict, "crumbs": _crumbs()}
    return render(request, "pledges/check.html", context)


@require_safe
def check_state(request: HttpRequest, public_id: str) -> JsonResponse:
    """What became of a letter since it was signed, for the script that checks a file without sending it. Absent and
    non-public are told alike."""
    if not ratelimit.consume(request, app="allauth.account", action="check_state", limit_get=True):
        return JsonResponse(
            {"error": "too-many", "message": _("Too many tries. Wait a minute, then try again.")}, status=429
        )
    history = queries.history_of(public_id)
    later = [{"op": event.kind, "word": event.word, "at": event.at.isoformat()} for event in history.later]
    return JsonResponse({"standing": history.standing, "place": history.place, "later": later})


@require_safe
def offline_page(request: HttpRequest) -> HttpResponse:
    """The same check as one file to keep: it works without network and without us. Only ever downloaded, never shown
    here: its script is inside it."""
    pinned = queries.pinned()
    if not pinned:
        raise Http404("no log yet")
    context = {**offline.parts(), "pinned": pinned, "offline": True, "now": timezone.now(), "site": request.get_host()}
    response = render(request, "pledges/offline/check.html", context)
    response["Content-Disposition"] = 'attachment; filename="check-letters-offline.html"'
    return response


@require_POST
def check_file(request: HttpRequest) -> HttpResponse:
    """Check a PDF, or a record with its proof, that somebody was given. The file is read and not kept."""
    form = CheckForm(request.POST, request.FILES)
    if not ratelimit.consume(request, app="allauth.account", action="check_file"):
        form.add_error(None, _("Too many tries. Wait a minute, then try again."))
    if not form.is_valid():
        context = {**_here(), "form": form, "typed": "", "crumbs": [{"word": _("Verify")}]}
        return render(request, "pledges/verify.html", context, status=400)
    here = _here()
    verdict = queries.check_files(*form.parts, trusted=here["pinned"])
    letter = queries.public_letter(verdict.public_id) if verdict.public_id else None
    context = {
        "letter": letter if not isinstance(letter, Tombstone) else None,
        "verdict": verdict,
        "file": form.cleaned_data["file"].name,
        **here,
        "crumbs": _crumbs(),
    }
    return render(request, "pledges/check.html", context)
