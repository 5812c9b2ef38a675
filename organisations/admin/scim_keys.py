"""Keys of personnel systems: make, rotate, revoke."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import SignedInRequest
from organisations import actions
from organisations.forms.scim import ScimKeyForm
from organisations.models import ScimKey

may_keep_keys = permission_required("organisations.add_scimkey", raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@may_keep_keys
def scim_keys(request: SignedInRequest) -> HttpResponse:
    """All keys, and a form for another. The text of a new key is shown on this one page only."""
    form = ScimKeyForm(request.POST or None)
    text = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        _key, text = actions.create_scim_key(
            by=request.user,
            organisation=data["unit"],
            name=data["name"],
            may_write=data["may_write"],
            days=data["days"],
        )
        form = ScimKeyForm()
    return _shown(request, form, text)


@require_POST
@may_keep_keys
def end_scim_key(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rotate or revoke one."""
    key = get_object_or_404(ScimKey.objects.select_related("organisation"), pk=pk)
    if request.POST.get("do") == "rotate":
        try:
            return _shown(request, ScimKeyForm(), actions.rotate_scim_key(by=request.user, key=key)[1])
        except actions.KeyEnded:
            messages.error(request, _("This key is no longer in force."))
    elif actions.revoke_scim_key(by=request.user, key=key):
        messages.success(request, _("The key is revoked: nothing comes in with it any more."))
    return redirect("scim_keys")


def _shown(request: SignedInRequest, form: ScimKeyForm, text: str) -> HttpResponse:
    keys = ScimKey.objects.select_related("organisation").order_by("-pk")
    response = render(request, "organisations/admin/scim_keys.html", {"keys": keys, "form": form, "text": text})
    response.headers["Cache-Control"] = "no-store"
    return response
