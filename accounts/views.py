"""The door of Wagtail's admin."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


def admin_door(request: HttpRequest) -> HttpResponse:
    """Send to the site's sign-in. Whoever is signed in and comes here may not enter the admin.

    Raises PermissionDenied for them: a redirect to the sign-in page would send them back and forth.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))
