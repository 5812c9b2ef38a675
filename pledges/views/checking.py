"""Is a letter genuine? By its code, by its QR code, or from a file that somebody was given."""

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pledges import queries
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
        "typed": typed,
        "form": CheckForm(),
        "has_confusable": any(sign in code for sign in "01OI"),
        "has_wrong_length": bool(code) and len(code) not in (CODE_LENGTH, PLEDGE_CODE_LENGTH),
        "crumbs": [{"word": _("Verify")}],
    }
    return render(request, "pledges/verify.html", context, status=404 if typed else 200)


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
    verdict = queries.check_published(public_id) if letter.in_log else None
    context = {"letter": letter, "verdict": verdict, "form": CheckForm(), "crumbs": _crumbs()}
    return render(request, "pledges/check.html", context)


@require_POST
def check_file(request: HttpRequest) -> HttpResponse:
    """Check a PDF, or a record with its proof, that somebody was given. The file is read and not kept."""
    form = CheckForm(request.POST, request.FILES)
    if not ratelimit.consume(request, action="check_file"):
        form.add_error(None, _("Too many tries. Wait a minute, then try again."))
    if not form.is_valid():
        context = {"form": form, "typed": "", "crumbs": [{"word": _("Verify")}]}
        return render(request, "pledges/verify.html", context, status=400)
    verdict = queries.check_files(*form.parts)
    letter = queries.public_letter(verdict.public_id) if verdict.public_id else None
    context = {
        "letter": letter if not isinstance(letter, Tombstone) else None,
        "verdict": verdict,
        "file": form.cleaned_data["file"].name,
        "form": CheckForm(),
        "crumbs": _crumbs(),
    }
    return render(request, "pledges/check.html", context)
