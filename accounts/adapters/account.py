"""Signing in and out: accounts are made by coordinators, never by sign-up; everything is noted down."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Closed for sign-up; writes the audit log."""

    # One sentence whatever was typed: name, number or e-mail, known or not.
    error_messages = DefaultAccountAdapter.error_messages | dict.fromkeys(
        ("username_password_mismatch", "email_password_mismatch", "phone_password_mismatch"),
        _("The account or the password is not right."),
    )

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Note the sign-in down."""
        actions.note_sign_in(user=user)
        return super().post_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note the refusal down."""
        actions.note_failed_sign_in(identifier=credentials.get("email") or credentials.get("username") or "")

    def logout(self, request: HttpRequest) -> None:
        """Note the sign-out down while it is still known who it is."""
        if isinstance(request.user, User):
            actions.note_sign_out(user=request.user)
        super().logout(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Note the change down; a reset by e-mail has no signed-in actor."""
        super().set_password(user, password)
        actor = self.request.user if isinstance(self.request.user, User) else None
        actions.note_password(by=actor, user=user)  # type: ignore[arg-type]  # AUTH_USER_MODEL is User
