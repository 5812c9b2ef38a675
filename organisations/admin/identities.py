"""The organisation department confirms who is who (身份核定), many at once."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import SignedInRequest, User
from foundation.audit.actions import look
from foundation.audit.views import EVERYBODY
from organisations import actions
from organisations.models import IdentityConfirmation, Membership, Organisation

PER_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
def identities(request: SignedInRequest) -> HttpResponse:
    """People with a home unit, those who are not confirmed first; tick and confirm, or take one back."""
    if not request.user.has_perm("organisations.confirm_identity"):
        raise PermissionDenied
    if request.method == "POST":
        _change(request)
        return redirect(f"{request.path}?{request.GET.urlencode()}")
    state = request.GET.get("state", "open")
    members = _members(request.GET.get("unit", "").strip(), request.GET.get("q", "").strip(), state)
    page: Page[Membership] = Paginator(members, PER_PAGE).get_page(request.GET.get("p"))
    people = [member.user_id for member in page]
    confirmed = IdentityConfirmation.objects.filter(user__in=people, withdrawn_at=None).select_related("confirmed_by")
    known = {row.user_id: row for row in confirmed}
    look(by=request.user, page="organisations.identities", target=EVERYBODY, details={"people": len(people)})
    query = request.GET.copy()
    query.pop("p", None)
    context: dict[str, Any] = {
        "page": page,
        "rows": [(member, known.get(member.user_id)) for member in page],
        "unit": request.GET.get("unit", ""),
        "q": request.GET.get("q", ""),
        "state": state,
        "query": query.urlencode(),
    }
    return render(request, "organisations/admin/identities.html", context)


def _everybody() -> QuerySet[Membership]:
    """Whose identity can be confirmed: adults, by their home membership. One row a person."""
    return Membership.objects.current().filter(is_home=True, user__age_class=User.AgeClass.ADULT)


def _members(code: str, words: str, state: str) -> QuerySet[Membership]:
    """Those of a unit (its code or name) and below, or with a name or number, in one state."""
    members = _everybody()
    if code:
        named = Organisation.objects.filter(Q(code=code) | Q(name=code) | Q(short_name=code)).values_list(
            "path", flat=True
        )
        below = (Q(organisation__path__startswith=path) for path in named if path)
        members = members.filter(reduce(or_, below, Q(pk__in=[])))
    if words:
        members = members.filter(Q(user__name__icontains=words) | Q(user__employee_number=words))
    confirmed = IdentityConfirmation.objects.filter(withdrawn_at=None).values("user")
    members = members.filter(user__in=confirmed) if state == "done" else members.exclude(user__in=confirmed)
    return members.select_related("user", "organisation").order_by("organisation__path", "user__name", "pk")


def _change(request: SignedInRequest) -> None:
    ticked = [int(pk) for pk in request.POST.getlist("person")[:PER_PAGE] if pk.isdecimal() and len(pk) < 19]
    people = User.objects.filter(pk__in=_everybody().filter(user__in=ticked).values("user"))
    if request.POST.get("do") == "withdraw":
        for user in people:
            actions.withdraw_confirmation(by=request.user, user=user)
        messages.success(request, _("The confirmation was taken back."))
    elif people:
        count = actions.confirm_identities(by=request.user, users=list(people))
        text = ngettext("%(n)s identity confirmed.", "%(n)s identities confirmed.", count)
        messages.success(request, text % {"n": count})
    else:
        messages.error(request, _("Tick the people whom you confirm."))
