"""What an accepting unit keeps of letters that have ended: sealed, opened with a reason that stays in the audit log."""

from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from accounts.models import SignedInRequest
from pledges import actions, queries
from pledges.contracts import clauses_from_json
from pledges.forms import ReasonForm
from tlog.errors import TlogError

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Texts:
    """What the template of a letter's words reads."""

    preamble: str
    breach_liability: str
    language: str


def _crumbs(*more: str) -> list[dict[str, str]]:
    found = [{"word": _("Letters of my unit"), "url": reverse("pledges:office")}]
    found.append({"word": _("Archived letters"), "url": reverse("pledges:archive")})
    return [*found, *({"word": word} for word in more)]


@never_cache
@login_required
def archive(request: SignedInRequest) -> HttpResponse:
    """The sealed copies of one's unit: codes and days, no names."""
    if not queries.decides(request.user):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:60]
    page = Paginator(queries.archived_for(request.user, text=text), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "pledges/archive.html", {"page": page, "text": text, "crumbs": _crumbs()})


@never_cache
@login_required
@sensitive_variables()
def archived_letter(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One sealed copy; its texts are shown once a reason was given, and are never kept by a browser."""
    found = get_object_or_404(queries.archived_for(request.user), letter__public_id=public_id)
    form = ReasonForm(request.POST or None)
    context: dict[str, Any] = {"archived": found, "letter": found.letter, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            texts = actions.open_archived(by=request.user, archived=found, **form.cleaned_data)
        except (InvalidTag, TlogError):
            form.add_error(None, _("The sealed copy was changed, or the key is another. Tell the administrator."))
        else:
            context |= {"texts": texts, "clauses": clauses_from_json(texts.get("content", [])), **_readable(texts)}
    context["crumbs"] = _crumbs(found.letter.code)
    return render(request, "pledges/archived.html", context, status=400 if form.errors else 200)


def _readable(texts: dict[str, Any]) -> dict[str, Any]:
    """The texts by the names that the letter's template knows, and its days as days."""
    body = Texts(texts.get("preamble", ""), texts.get("breachLiability", ""), texts.get("language", ""))
    days = {name: parse_date(texts.get(key, "")) for name, key in (("made_on", "madeOn"), ("last_day", "validUntil"))}
    return {"body": body, **days}
