"""People in Wagtail's admin: what is saved there is noted down, and nobody is deleted there."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets import Button

from accounts import actions, admin
from accounts.models import SignedInRequest, User


@hooks.register("after_create_user")
def after_create_user(request: SignedInRequest, user: User) -> None:
    """Note the new account down."""
    actions.note_saved(by=request.user, user=user, created=True)


@hooks.register("after_edit_user")
def after_edit_user(request: SignedInRequest, user: User) -> None:
    """Note the change down."""
    actions.note_saved(by=request.user, user=user, created=False)


def _stay(request: HttpRequest, text: str) -> HttpResponse:
    """Back to the list with an explanation."""
    messages.error(request, text)
    return redirect("wagtailusers_users:index")


@hooks.register("before_delete_user")
def before_delete_user(request: HttpRequest, user: User) -> HttpResponse:
    """Accounts are closed, not deleted: letters, scores and the audit log refer to them."""
    return _stay(request, _("People are not deleted. Make the account inactive instead."))


@hooks.register("before_bulk_action")
def before_bulk_action(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action_class_instance: Any
) -> HttpResponse | None:
    """The same for many at once; and no child becomes active without consent."""
    people = [row for row in objects if isinstance(row, User)]
    if not people:
        return None
    if action_type == "delete":
        return _stay(request, _("People are not deleted. Make the account inactive instead."))
    waiting = [row for row in people if row.age_class == User.AgeClass.CHILD and not row.has_consent]
    activating = request.POST.get("mark_as_active") == "True"
    if action_type == "set_active_state" and activating and waiting:
        return _stay(request, _("A child under 14 has no active account before a guardian's consent is recorded."))
    return None


@hooks.register("after_bulk_action")
def after_bulk_action(
    request: SignedInRequest, action_type: str, objects: Sequence[Any], action_class_instance: Any
) -> None:
    """Note each change down."""
    for row in objects:
        if isinstance(row, User):
            row.refresh_from_db()
            actions.note_saved(by=request.user, user=row, created=False)


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    """Help somebody back in."""
    return [path("people/<int:pk>/sign-in/", admin.sign_in_help, name="sign_in_help")]


@hooks.register("register_user_listing_buttons")
def help_button(user: User, request_user: User) -> Iterator[Button]:
    """In the list of people, beside each of them."""
    if request_user.is_superuser or (request_user.has_perm("accounts.change_user") and not user.is_superuser):
        yield Button(_("Help with sign-in"), reverse("sign_in_help", args=[user.pk]), icon_name="key", priority=30)
