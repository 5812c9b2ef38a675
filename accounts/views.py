"""The door of Wagtail's admin, and one's own page of passkeys and codes."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator

from accounts import queries


def admin_door(request: HttpRequest) -> HttpResponse:
    """Send to the site's sign-in. Whoever is signed in and comes here may not enter the admin.

    Raises PermissionDenied for them: a redirect to the sign-in page would send them back and forth.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


@method_decorator(login_required, name="dispatch")
class SecurityView(IndexView):
    """One's passkeys, codes and password; says so where one's duties need a second factor."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether this person must have a second factor."""
        return {**super().get_context_data(**kwargs), "is_needed": queries.needs_second_factor(self.request.user)}


class RemovePasskeyView(RemoveWebAuthnView):
    """Remove a passkey, but not the last second factor of somebody who must have one."""

    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        """Ask the adapter first, as allauth itself does for codes only."""
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            form.add_error(None, adapter.validation_error("cannot_delete_authenticator"))
            return self.form_invalid(form)  # type: ignore[no-any-return]
        return super().form_valid(form)  # type: ignore[no-any-return]
